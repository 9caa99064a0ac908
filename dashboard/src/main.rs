//! Where agents answer.
#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "the screens that use it exist in the browser alone")
)]

#[cfg(target_arch = "wasm32")]
mod api;
#[cfg(target_arch = "wasm32")]
mod app;
mod browser;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
mod hooks;
mod json;
#[cfg(target_arch = "wasm32")]
mod pages;
mod route;
mod rules;
mod state;
#[allow(missing_docs, reason = "the sentences say what they are")]
mod text;
#[cfg(target_arch = "wasm32")]
mod web;
mod week;
mod when;

fn main() {
    #[cfg(target_arch = "wasm32")]
    yew::Renderer::<app::App>::new().render();
}
