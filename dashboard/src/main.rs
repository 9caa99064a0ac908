//! Where agents answer.

mod api;
mod app;
mod components;
mod hooks;
mod pages;
mod route;
mod state;
#[allow(missing_docs, reason = "the sentences say what they are")]
mod text;
mod web;
mod when;

fn main() {
    yew::Renderer::<app::App>::new().render();
}
