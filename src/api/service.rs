//! The operations, as one trait: the HTTP client and the bundled server's own implementation both have it.

use super::{
    Annotation, AnnotationKey, AnnotationQuery, AnnotationSearch, ApiResult, Concept, DeleteTargets, Hit, ImageBytes,
    Input, InputQuery, Items, Listing, Page, PatchAction, Status, User, WhenEmpty, Worker,
};
use std::future::Future;

/// Every operation that the editor needs, on one app as one user.
///
/// Futures are `Send` and may be dropped: a write whose future was dropped may or may not have happened.
/// Errors are sorted by [`super::ErrorKind`]. Writes of several answer item by item: an `Ok` says that the server
/// answered, [`Annotation::refusal`] says which items it refused.
pub trait AnnotationApi: Send + Sync {
    /// Creates 1..=128 annotations. The same id with the same content again is a success on the bundled server.
    fn post_annotations(&self, items: &[Annotation]) -> impl Future<Output = ApiResult<Items<Annotation>>> + Send;
    /// One page of annotations, oldest first.
    fn list_annotations(&self, query: &AnnotationQuery) -> impl Future<Output = ApiResult<Vec<Annotation>>> + Send;
    /// The same, told row by row what could not be read.
    fn listing(&self, query: &AnnotationQuery) -> impl Future<Output = ApiResult<Listing>> + Send {
        async { Ok(Listing { rows: self.list_annotations(query).await?, unreadable: Vec::new() }) }
    }
    /// One annotation; refused with 11101 where there is none.
    fn get_annotation(&self, key: &AnnotationKey) -> impl Future<Output = ApiResult<Annotation>> + Send;
    /// Changes 1..=128 annotations, named by `input_id` and `id`.
    fn patch_annotations(
        &self,
        items: &[Annotation],
        action: PatchAction,
        when_empty: WhenEmpty,
    ) -> impl Future<Output = ApiResult<Items<Annotation>>> + Send;
    /// Deletes one; a success too where it is gone.
    fn delete_annotation(&self, key: &AnnotationKey) -> impl Future<Output = ApiResult<()>> + Send;
    /// Deletes several, all or none.
    fn delete_annotations(&self, targets: &DeleteTargets) -> impl Future<Output = ApiResult<()>> + Send;
    /// One page of what a search finds, oldest first.
    fn search_annotations(&self, search: &AnnotationSearch) -> impl Future<Output = ApiResult<Vec<Hit>>> + Send;
    /// Who made annotations in this app.
    fn list_workers(&self, page: Page) -> impl Future<Output = ApiResult<Vec<Worker>>> + Send;

    /// One page of inputs, oldest first.
    fn list_inputs(&self, query: &InputQuery) -> impl Future<Output = ApiResult<Vec<Input>>> + Send;
    /// One input; refused with 11101 where there is none.
    fn get_input(&self, id: &str) -> impl Future<Output = ApiResult<Input>> + Send;
    /// Adds 1..=128 inputs by `data.image.url` or `data.image.base64`.
    fn post_inputs(&self, items: &[Input]) -> impl Future<Output = ApiResult<Items<Input>>> + Send;
    /// Changes 1..=128 inputs.
    fn patch_inputs(
        &self,
        items: &[Input],
        action: PatchAction,
    ) -> impl Future<Output = ApiResult<Items<Input>>> + Send;
    /// Deletes inputs with all their annotations; a success too where they are gone.
    fn delete_inputs(&self, ids: &[String]) -> impl Future<Output = ApiResult<()>> + Send;
    /// The image of an input, from what a listing or `get_input` said of it.
    fn image_bytes(&self, input: &Input) -> impl Future<Output = ApiResult<ImageBytes>> + Send;

    /// One page of concepts, oldest first.
    fn list_concepts(&self, page: Page) -> impl Future<Output = ApiResult<Vec<Concept>>> + Send;
    /// Concepts whose name matches; `*` stands for any characters, case does not matter.
    fn search_concepts(&self, name: &str, page: Page) -> impl Future<Output = ApiResult<Vec<Concept>>> + Send;
    /// Adds 1..=128 concepts, all or none: a concept has no status of its own to say that it was refused.
    fn post_concepts(&self, items: &[Concept]) -> impl Future<Output = ApiResult<Items<Concept>>> + Send;

    /// Who the key belongs to.
    fn me(&self) -> impl Future<Output = ApiResult<User>> + Send;
    /// What the key may do in this app, e.g. `Annotations_Delete`.
    fn my_scopes(&self) -> impl Future<Output = ApiResult<Vec<String>>> + Send;
    /// The status codes that the server knows.
    fn status_codes(&self) -> impl Future<Output = ApiResult<Vec<Status>>> + Send;
}
