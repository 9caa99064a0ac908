//! Pieces of screens, one to a file.

pub mod age;
pub mod avatar;
pub mod banner;
pub mod composer;
pub mod confirm;
pub mod dialog;
pub mod field;
pub mod heading;
pub mod history;
pub mod how;
pub mod icon;
pub mod list;
pub mod log;
pub mod page;
pub mod pages;
pub mod pane;
pub mod pane_head;
pub mod row;
pub mod sidebar;
pub mod sign_ins;
pub mod status_icon;
pub mod status_menu;
pub mod tabs;
pub mod toasts;
pub mod trouble;
