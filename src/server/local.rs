//! The bundled server without HTTP: the same operations on the same database, as one user.

use super::config::{ServerConfig, ServerError};
use super::core::{Caller, Core, parsed};
use crate::api::{
    Annotation, AnnotationApi, AnnotationKey, AnnotationQuery, AnnotationSearch, ApiError, ApiResult, Concept,
    DeleteTargets, ErrorKind, Hit, ImageBytes, Input, InputQuery, Items, Page, PatchAction, Status, StatusCode, User,
    WhenEmpty, Worker,
};
use std::sync::Arc;

/// The operations of a server's database as one user of its first app. Cheap to clone.
#[derive(Clone)]
pub struct LocalApi {
    core: Arc<Core>,
    caller: Caller,
}

impl LocalApi {
    /// Opens the data directory of a server that is not running, as the first app's owner.
    ///
    /// # Errors
    /// Where the data cannot be used; keys and address of the config are not looked at.
    pub fn open(config: &ServerConfig) -> Result<Self, ServerError> {
        let core = Arc::new(Core::open(config)?);
        Self::of(core, None)
    }

    /// The same data as another user.
    #[must_use]
    pub fn as_user(&self, user: impl Into<String>) -> Self {
        let caller = Caller { user: user.into(), ..self.caller.clone() };
        Self { core: Arc::clone(&self.core), caller }
    }

    pub(super) fn of(core: Arc<Core>, user: Option<&str>) -> Result<Self, ServerError> {
        let app = core.apps.first().cloned().ok_or(ServerError::NoApps)?;
        let user = user.unwrap_or(&app.name.owner).to_owned();
        Ok(Self { core, caller: Caller { user, app, base: String::new() } })
    }

    /// Runs `work` on a thread that may block. Work that has begun is finished even if nobody waits for it any more.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Core, &Caller) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let (core, caller) = (Arc::clone(&self.core), self.caller.clone());
        tokio::task::spawn_blocking(move || work(&core, &caller)).await.unwrap_or_else(|error| Err(crashed(&error)))
    }
}

/// What a caller is told when the thread that worked for it panicked.
pub(super) fn crashed(error: &tokio::task::JoinError) -> ApiError {
    tracing::error!(%error, "a worker of the server panicked");
    let mut failure = ApiError::coded(
        StatusCode::INTERNAL_UNCATEGORIZED,
        "The server has a bug: it panicked. Nothing of this request was written; please report it.",
    );
    failure.kind = ErrorKind::Unknown;
    failure
}

impl AnnotationApi for LocalApi {
    async fn post_annotations(&self, items: &[Annotation]) -> ApiResult<Items<Annotation>> {
        let items = items.iter().cloned().map(Ok).collect();
        self.run(|core, caller| core.post_annotations(caller, items)).await
    }

    async fn list_annotations(&self, query: &AnnotationQuery) -> ApiResult<Vec<Annotation>> {
        let query = query.clone();
        self.run(move |core, caller| core.list_annotations(caller, &query)?.iter().map(|body| parsed(body)).collect())
            .await
    }

    async fn get_annotation(&self, key: &AnnotationKey) -> ApiResult<Annotation> {
        let key = key.clone();
        self.run(move |core, caller| parsed(&core.get_annotation(caller, &key)?)).await
    }

    async fn patch_annotations(
        &self,
        items: &[Annotation],
        action: PatchAction,
        when_empty: WhenEmpty,
    ) -> ApiResult<Items<Annotation>> {
        let items = items.iter().cloned().map(Ok).collect();
        self.run(move |core, caller| core.patch_annotations(caller, items, action, when_empty)).await
    }

    async fn delete_annotation(&self, key: &AnnotationKey) -> ApiResult<()> {
        self.delete_annotations(&DeleteTargets::Pairs(vec![key.clone()])).await
    }

    async fn delete_annotations(&self, targets: &DeleteTargets) -> ApiResult<()> {
        let targets = targets.clone();
        self.run(move |core, caller| core.delete_annotations(caller, &targets)).await
    }

    async fn search_annotations(&self, search: &AnnotationSearch) -> ApiResult<Vec<Hit>> {
        let search = search.clone();
        self.run(move |core, caller| core.search_annotations(caller, &search)).await
    }

    async fn list_workers(&self, page: Page) -> ApiResult<Vec<Worker>> {
        self.run(move |core, caller| core.list_workers(caller, page)).await
    }

    async fn list_inputs(&self, query: &InputQuery) -> ApiResult<Vec<Input>> {
        let query = query.clone();
        self.run(move |core, caller| core.list_inputs(caller, &query)).await
    }

    async fn get_input(&self, id: &str) -> ApiResult<Input> {
        let id = id.to_owned();
        self.run(move |core, caller| core.get_input(caller, &id)).await
    }

    async fn post_inputs(&self, items: &[Input]) -> ApiResult<Items<Input>> {
        let items = items.iter().cloned().map(Ok).collect();
        self.run(|core, caller| core.post_inputs(caller, items)).await
    }

    async fn patch_inputs(&self, items: &[Input], action: PatchAction) -> ApiResult<Items<Input>> {
        let items = items.iter().cloned().map(Ok).collect();
        self.run(move |core, caller| core.patch_inputs(caller, items, action)).await
    }

    async fn delete_inputs(&self, ids: &[String]) -> ApiResult<()> {
        let ids = ids.to_vec();
        self.run(move |core, caller| core.delete_inputs(caller, &ids)).await
    }

    async fn image_bytes(&self, input: &Input) -> ApiResult<ImageBytes> {
        let id = input.id.clone();
        self.run(move |core, caller| core.image_of_input(caller, &id)).await
    }

    async fn list_concepts(&self, page: Page) -> ApiResult<Vec<Concept>> {
        self.run(move |core, caller| core.list_concepts(caller, page)).await
    }

    async fn search_concepts(&self, name: &str, page: Page) -> ApiResult<Vec<Concept>> {
        let name = name.to_owned();
        self.run(move |core, caller| core.search_concepts(caller, &name, page)).await
    }

    async fn post_concepts(&self, items: &[Concept]) -> ApiResult<Items<Concept>> {
        let items = items.to_vec();
        self.run(move |core, caller| {
            let items = core.post_concepts(caller, items)?;
            Ok(Items { status: Status::of(StatusCode::SUCCESS), items })
        })
        .await
    }

    async fn me(&self) -> ApiResult<User> {
        Ok(User { id: self.caller.user.clone(), ..User::default() })
    }

    async fn my_scopes(&self) -> ApiResult<Vec<String>> {
        Ok(super::scopes::ALL.iter().map(|scope| (*scope).to_owned()).collect())
    }

    async fn status_codes(&self) -> ApiResult<Vec<Status>> {
        Ok(super::scopes::status_codes())
    }
}
