//! Line icons, 20 units square, in the colour of the text beside them. They decorate; words stand beside them.

use yew::prelude::*;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// An arrow to the left.
    Back,
    /// Speech.
    Chat,
    /// A tick.
    Check,
    /// An arrow to open a menu.
    Chevron,
    /// A cross.
    Close,
    /// An arrow down.
    Down,
    /// An open eye.
    Eye,
    /// A closed eye.
    EyeOff,
    /// An i.
    Info,
    /// An envelope.
    Mail,
    /// An arrow out of a box.
    Out,
    /// A page on the web.
    Page,
    /// A door to leave by.
    Leave,
    /// An arrow back.
    Returned,
    /// A paper plane.
    Send,
    /// A gear's little sister: two sliders.
    Sliders,
    /// Three dots.
    Dots,
    /// An arrow to the right, out of somebody's hands.
    Pass,
    /// A star.
    Star,
    /// A bell.
    Bell,
    /// A paper clip.
    Clip,
    /// A clock.
    Clock,
    /// A page with a folded corner.
    File,
    /// A picture.
    Image,
    /// A pulse.
    Pulse,
    /// People.
    Team,
    /// Two ticks.
    Ticks,
    /// A bin.
    Trash,
    /// A plus.
    Plus,
    /// A key.
    Key,
    /// Attention.
    Warn,
}

/// Props of [`Icon`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What to draw.
    pub shape: Shape,
}

/// An icon.
#[component]
pub fn Icon(props: &Props) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d={path(props.shape)} /></svg>
    }
}

fn path(shape: Shape) -> &'static str {
    match shape {
        Shape::Back => "M12 4l-6 6 6 6",
        Shape::Chat => "M4 14V7a3 3 0 0 1 3-3h6a3 3 0 0 1 3 3v3.5a3 3 0 0 1-3 3H8.5L5.4 16A.85.85 0 0 1 4 15.3z",
        Shape::Check => "M4.5 10.5l3.8 3.8L15.5 6.5",
        Shape::Chevron => "M6 8l4 4 4-4",
        Shape::Close => "M5.5 5.5l9 9m0-9l-9 9",
        Shape::Down => "M10 4v12m-5-5l5 5 5-5",
        Shape::Eye => {
            "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zm7.5 2.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4"
        }
        Shape::EyeOff => {
            "M3.5 3.5l13 13M8.5 5.2A7 7 0 0 1 10 5c5 0 7.5 5 7.5 5a13 13 0 0 1-2 2.7M12 14.7A7 7 0 0 1 10 15c-5 0-7.5-5-7.5-5a13 13 0 0 1 3-3.5"
        }
        Shape::Info => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm0-8v4.5m0-7v.1",
        Shape::Mail => {
            "M3.5 5h13a.8.8 0 0 1 .8.8v8.4a.8.8 0 0 1-.8.8h-13a.8.8 0 0 1-.8-.8V5.8a.8.8 0 0 1 .8-.8zm-.5.7l7 5.3 7-5.3"
        }
        Shape::Out => "M8 5H5v10h10v-3M11 4h5v5m0-5l-7 7",
        Shape::Page => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3 10h14M10 3c2.5 2.2 2.5 11.8 0 14-2.5-2.2-2.5-11.8 0-14",
        Shape::Leave => "M8 4H4.5v12H8m4.5-9.5L16 10l-3.5 3.5M16 10H8",
        Shape::Returned => "M7.5 4.5L4 8l3.5 3.5M4 8h8a4 4 0 0 1 0 8H9",
        Shape::Send => "M16.5 3.5L9 11m7.5-7.5l-4.6 13L9 11 3.5 8.1z",
        Shape::Sliders => {
            "M3 6h7m4 0h3M3 14h3m4 0h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
        }
        Shape::Team => {
            "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c.5-3 2.8-4.5 5.5-4.5s5 1.5 5.5 4.5M13 3.8a3 3 0 0 1 0 5.5M15 12.3c1.600.7 2.7 2.100 3 4.2"
        }
        Shape::Dots => "M4.5 10h.1M10 10h.1M15.5 10h.1",
        Shape::Pass => "M3.5 10h12M11 5.500l4.500 4.500-4.500 4.500",
        Shape::Star => {
            "M10 3.500l2 4.200 4.600.600-3.400 3.200.900 4.600-4.100-2.300-4.100 2.300.900-4.600L3.400 8.300 8 7.700z"
        }
        Shape::Bell => "M5 13.500V9a5 5 0 0 1 10 0v4.500l1.200 1H3.800zM8.500 17h3",
        Shape::Clip => {
            "M15.5 9.5l-5.6 5.6a3.5 3.5 0 0 1-5-5l6-6a2.3 2.3 0 0 1 3.3 3.3l-5.9 5.9a1.2 1.2 0 0 1-1.7-1.7L12 6.2"
        }
        Shape::File => {
            "M11.5 3H6.3A1.3 1.3 0 0 0 5 4.3v11.4A1.3 1.3 0 0 0 6.3 17h7.4a1.3 1.3 0 0 0 1.3-1.3V6.5zm0 0v3.5H15"
        }
        Shape::Image => {
            "M4.8 4h10.4A1.3 1.3 0 0 1 16.5 5.3v9.4a1.3 1.3 0 0 1-1.3 1.3H4.8a1.3 1.3 0 0 1-1.3-1.3V5.3A1.3 1.3 0 0 1 4.8 4zm-1 10l4-4 3 3 2-2 3.5 3.5M12.7 7.7h.1"
        }
        Shape::Ticks => "M1.5 10.5l3.8 3.8L12.3 6.5M9.8 13.7l.6.6L17.9 6.5",
        Shape::Trash => "M4 5.5h12M8 5.5V4h4v1.5M5.5 5.5l.7 10.5h7.6l.7-10.5M8.5 8.5v4.5m3-4.5v4.5",
        Shape::Clock => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm0-11v4.200l2.700 1.600",
        Shape::Pulse => "M2.500 10.500h3.200L8 5l4 10.500 2.200-5h3.300",
        Shape::Plus => "M10 4.5v11M4.5 10h11",
        Shape::Key => "M12.5 11.5a4 4 0 1 0-3.8-2.7L3 14.5V17h2.5v-2H8l2.100-3.7c.7.2 1.5.2 2.400.2zm1-4.5v.1",
        Shape::Warn => "M10 3.5l7 12.5H3zm0 5v3.5m0 1.9v.1",
    }
}
