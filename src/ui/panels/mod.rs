//! The panels round the canvas. Each shows the editor and changes it only through its methods, or returns commands.

pub mod annotations;
pub mod concepts;
pub mod images;
pub mod menu;
pub mod properties;
pub mod review_bar;
pub mod status_bar;
pub mod tool_rail;
