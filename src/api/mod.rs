//! The annotations API on the wire: types, status codes, limits, errors and the trait that client and server share.
//!
//! Uses json only. Invariant: reading and writing a message loses nothing; members that we do not know are kept
//! in `rest` and written back. Coordinates are normalised `f32` in 0..1, row down, col right; only here.

mod code;
mod error;
mod lenient;
mod messages;
mod rest;
mod service;
mod types;

pub use crate::json::{Info, Map};
pub use code::{StatusCode, status_name};
pub use error::{ApiError, ApiResult, ErrorKind, kind_of};
pub use messages::{
    AnnotationKey, AnnotationQuery, AnnotationSearch, DeleteTargets, Hit, ImageBytes, InputQuery, Items, Listing,
    Makers, Page, PatchAction, SearchFilter, User, WhenEmpty,
};
pub use rest::Rest;
pub use service::AnnotationApi;
pub use types::{
    Annotation, BoundingBox, Concept, Data, Frame, FrameInfo, Image, ImageInfo, Input, ModelRef, ModelVersionRef,
    Point, Polygon, Region, RegionInfo, Status, UserAppId, UserRef, Worker,
};

/// The most annotations one POST, PATCH or DELETE may carry.
pub const MAX_ANNOTATIONS_PER_CALL: usize = 128;
/// The scope that a key needs to delete annotations.
pub const SCOPE_DELETE: &str = "Annotations_Delete";
/// The most rows a page may hold.
pub const MAX_PER_PAGE: usize = 1000;
/// Rows a page holds where the request does not say.
pub const DEFAULT_PER_PAGE: usize = 20;
