//! The operations of the API, each as its request and the part of the answer that matters.

use super::classify::Effect;
use super::http_api::HttpApi;
use crate::api::{
    Annotation, AnnotationApi, AnnotationKey, AnnotationQuery, AnnotationSearch, ApiResult, Concept, DeleteTargets,
    Hit, ImageBytes, Input, InputQuery, Items, Listing, Makers, Page, PatchAction, SearchFilter, Status, User,
    WhenEmpty, Worker,
};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// All members of all answers; each operation takes its own. Lists may be missing or null.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    status: Status,
    annotation: Option<Annotation>,
    annotations: Option<Vec<Annotation>>,
    input: Option<Input>,
    inputs: Option<Vec<Input>>,
    concepts: Option<Vec<Concept>>,
    hits: Option<Vec<Hit>>,
    workers: Option<Vec<Worker>>,
    scopes: Option<Vec<String>>,
    statuses: Option<Vec<Status>>,
    user: Option<User>,
}

/// The body of POST and PATCH of annotations; written as text, so that `f32` stays as short as it is.
#[derive(Serialize)]
struct AnnotationsBody<'a> {
    annotations: &'a [Annotation],
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    delete_if_empty_data: bool,
}

/// The body of POST and PATCH of inputs.
#[derive(Serialize)]
struct InputsBody<'a> {
    inputs: &'a [Input],
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
}

/// The body of a search.
#[derive(Serialize)]
struct SearchBody<'a> {
    searches: [Search<'a>; 1],
    pagination: Pagination,
}

/// Inside it.
#[derive(Serialize)]
struct Search<'a> {
    query: Query<'a>,
}

/// Inside that.
#[derive(Serialize)]
struct Query<'a> {
    filters: &'a [SearchFilter],
}

/// The page of a search.
#[derive(Serialize)]
struct Pagination {
    page: u32,
    per_page: u32,
}

impl From<Page> for Pagination {
    fn from(Page { page, per_page }: Page) -> Self {
        Self { page, per_page }
    }
}

/// A listing of which some row cannot be read, taken apart.
fn row_by_row(body: &[u8]) -> serde_json::Result<Listing> {
    #[derive(Deserialize)]
    struct Rows {
        annotations: Vec<Value>,
    }
    let mut listing = Listing::default();
    for row in serde_json::from_slice::<Rows>(body)?.annotations {
        let member = |name| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let key = AnnotationKey { input_id: member("input_id"), id: member("id") };
        match serde_json::from_value(row) {
            Ok(annotation) => listing.rows.push(annotation),
            Err(error) => {
                tracing::warn!(%error, id = key.id, input = key.input_id, "an annotation cannot be read");
                listing.unreadable.push(key);
            }
        }
    }
    Ok(listing)
}

fn page_query(page: Page) -> Vec<(&'static str, String)> {
    vec![("page", page.page.to_string()), ("per_page", page.per_page.to_string())]
}

fn each<'n>(query: &mut Vec<(&'n str, String)>, name: &'n str, values: &[String]) {
    query.extend(values.iter().map(|value| (name, value.clone())));
}

impl AnnotationApi for HttpApi {
    async fn post_annotations(&self, items: &[Annotation]) -> ApiResult<Items<Annotation>> {
        let body = AnnotationsBody { annotations: items, action: None, delete_if_empty_data: false };
        let answer: Answer = self.call(Method::POST, &self.app_path(&["annotations"]), &body, Effect::Writes).await?;
        Ok(Items { status: answer.status, items: answer.annotations.unwrap_or_default() })
    }

    async fn list_annotations(&self, query: &AnnotationQuery) -> ApiResult<Vec<Annotation>> {
        Ok(self.listing(query).await?.rows)
    }

    async fn listing(&self, query: &AnnotationQuery) -> ApiResult<Listing> {
        let mut pairs = page_query(query.page);
        each(&mut pairs, "input_ids", &query.input_ids);
        each(&mut pairs, "ids", &query.ids);
        each(&mut pairs, "user_ids", &query.user_ids);
        each(&mut pairs, "model_version_ids", &query.model_version_ids);
        each(&mut pairs, "workflow_version_ids", &query.workflow_version_ids);
        each(&mut pairs, "task_id", query.task_id.as_slice());
        if query.makers == Makers::All {
            pairs.push(("list_all_annotations", "true".to_owned()));
        }
        let body = self.get_body(&self.app_path(&["annotations"]), &pairs).await?;
        match serde_json::from_slice::<Answer>(&body.bytes) {
            Ok(answer) => Ok(Listing { rows: answer.annotations.unwrap_or_default(), unreadable: Vec::new() }),
            Err(why) => row_by_row(&body.bytes).map_err(|_not_even_json| self.unreadable(&body, &why, Effect::Reads)),
        }
    }

    async fn get_annotation(&self, key: &AnnotationKey) -> ApiResult<Annotation> {
        let path = self.app_path(&["inputs", &key.input_id, "annotations", &key.id]);
        let answer: Answer = self.get(&path, &[]).await?;
        Ok(answer.annotation.unwrap_or_default())
    }

    async fn patch_annotations(
        &self,
        items: &[Annotation],
        action: PatchAction,
        when_empty: WhenEmpty,
    ) -> ApiResult<Items<Annotation>> {
        let body = AnnotationsBody {
            annotations: items,
            action: Some(action.name()),
            delete_if_empty_data: when_empty == WhenEmpty::Delete,
        };
        let answer: Answer = self.call(Method::PATCH, &self.app_path(&["annotations"]), &body, Effect::Writes).await?;
        Ok(Items { status: answer.status, items: answer.annotations.unwrap_or_default() })
    }

    async fn delete_annotation(&self, key: &AnnotationKey) -> ApiResult<()> {
        let path = self.app_path(&["inputs", &key.input_id, "annotations", &key.id]);
        drop::<Answer>(self.call(Method::DELETE, &path, &json!({}), Effect::Writes).await?);
        Ok(())
    }

    async fn delete_annotations(&self, targets: &DeleteTargets) -> ApiResult<()> {
        let body = match targets {
            DeleteTargets::Pairs(keys) => json!({
                "input_ids": keys.iter().map(|key| &key.input_id).collect::<Vec<_>>(),
                "ids": keys.iter().map(|key| &key.id).collect::<Vec<_>>(),
            }),
            DeleteTargets::AllOfInputs(inputs) => json!({ "input_ids": inputs }),
        };
        if matches!(targets, DeleteTargets::Pairs(keys) if keys.is_empty()) {
            // Without ids the API would take the call for "all of these inputs".
            return Ok(());
        }
        // The path of the official client; the documentation's /annotations is the second binding of the same call.
        let path = self.app_path(&["inputs", "annotations"]);
        drop::<Answer>(self.call(Method::DELETE, &path, &body, Effect::Writes).await?);
        Ok(())
    }

    async fn search_annotations(&self, search: &AnnotationSearch) -> ApiResult<Vec<Hit>> {
        let body = SearchBody {
            searches: [Search { query: Query { filters: &search.filters } }],
            pagination: search.page.into(),
        };
        let path = self.app_path(&["annotations", "searches"]);
        let answer: Answer = self.call(Method::POST, &path, &body, Effect::Reads).await?;
        Ok(answer.hits.unwrap_or_default())
    }

    async fn list_workers(&self, page: Page) -> ApiResult<Vec<Worker>> {
        let answer: Answer = self.get(&self.app_path(&["annotations", "workers"]), &page_query(page)).await?;
        Ok(answer.workers.unwrap_or_default())
    }

    async fn list_inputs(&self, query: &InputQuery) -> ApiResult<Vec<Input>> {
        let mut pairs = page_query(query.page);
        each(&mut pairs, "ids", &query.ids);
        let answer: Answer = self.get(&self.app_path(&["inputs"]), &pairs).await?;
        Ok(answer.inputs.unwrap_or_default())
    }

    async fn get_input(&self, id: &str) -> ApiResult<Input> {
        let answer: Answer = self.get(&self.app_path(&["inputs", id]), &[]).await?;
        Ok(answer.input.unwrap_or_default())
    }

    async fn post_inputs(&self, items: &[Input]) -> ApiResult<Items<Input>> {
        let body = InputsBody { inputs: items, action: None };
        let answer: Answer = self.call(Method::POST, &self.app_path(&["inputs"]), &body, Effect::Writes).await?;
        Ok(Items { status: answer.status, items: answer.inputs.unwrap_or_default() })
    }

    async fn patch_inputs(&self, items: &[Input], action: PatchAction) -> ApiResult<Items<Input>> {
        let body = InputsBody { inputs: items, action: Some(action.name()) };
        let answer: Answer = self.call(Method::PATCH, &self.app_path(&["inputs"]), &body, Effect::Writes).await?;
        Ok(Items { status: answer.status, items: answer.inputs.unwrap_or_default() })
    }

    async fn delete_inputs(&self, ids: &[String]) -> ApiResult<()> {
        let path = self.app_path(&["inputs"]);
        drop::<Answer>(self.call(Method::DELETE, &path, &json!({ "ids": ids }), Effect::Writes).await?);
        Ok(())
    }

    async fn image_bytes(&self, input: &Input) -> ApiResult<ImageBytes> {
        self.fetch_image(input).await
    }

    async fn list_concepts(&self, page: Page) -> ApiResult<Vec<Concept>> {
        let answer: Answer = self.get(&self.app_path(&["concepts"]), &page_query(page)).await?;
        Ok(answer.concepts.unwrap_or_default())
    }

    async fn search_concepts(&self, name: &str, page: Page) -> ApiResult<Vec<Concept>> {
        let body = json!({"concept_query": {"name": name}, "pagination": Pagination::from(page)});
        let path = self.app_path(&["concepts", "searches"]);
        let answer: Answer = self.call(Method::POST, &path, &body, Effect::Reads).await?;
        Ok(answer.concepts.unwrap_or_default())
    }

    async fn post_concepts(&self, items: &[Concept]) -> ApiResult<Items<Concept>> {
        let body = json!({ "concepts": items });
        let answer: Answer = self.call(Method::POST, &self.app_path(&["concepts"]), &body, Effect::Writes).await?;
        Ok(Items { status: answer.status, items: answer.concepts.unwrap_or_default() })
    }

    async fn me(&self) -> ApiResult<User> {
        let answer: Answer = self.get(&["users", "me"], &[]).await?;
        Ok(answer.user.unwrap_or_default())
    }

    async fn my_scopes(&self) -> ApiResult<Vec<String>> {
        let answer: Answer = self.get(&self.app_path(&["myscopes"]), &[]).await?;
        Ok(answer.scopes.unwrap_or_default())
    }

    async fn status_codes(&self) -> ApiResult<Vec<Status>> {
        let answer: Answer = self.get(&["status_codes"], &[]).await?;
        Ok(answer.statuses.unwrap_or_default())
    }
}
