//! What the server lists and finds, for looking at: every listing and search of the annotations API.

use super::messages::{BROWSE_PAGE, BrowseQuery, BrowseRow, BrowseSearch};
use crate::api::{
    Annotation, AnnotationApi, AnnotationQuery, AnnotationSearch, Concept, Data, Makers, Page, Region, RegionInfo,
    SearchFilter, Status, StatusCode, UserRef, Worker,
};
use crate::geometry::Size;
use crate::model::{InputId, LocalId};
use crate::sync::{Key, model_from_wire};

/// What the server answered.
pub enum Listed {
    /// Annotations.
    Annotations(Vec<Annotation>),
    /// Who made any.
    Workers(Vec<Worker>),
}

/// Asks the server. `keys`: those of the annotations that a [`BrowseQuery::Annotations`] names.
///
/// # Errors
/// A sentence for the person.
pub async fn ask(api: &impl AnnotationApi, query: BrowseQuery, keys: Vec<Key>, page: u32) -> Result<Listed, String> {
    let page = Page { page: page.max(1), per_page: u32::try_from(BROWSE_PAGE).unwrap_or(u32::MAX) };
    let empty = AnnotationQuery { page, ..AnnotationQuery::default() };
    let query = match query {
        BrowseQuery::Search(search) => return found(api, &search, page).await.map(Listed::Annotations),
        BrowseQuery::Workers => {
            return api.list_workers(page).await.map(Listed::Workers).map_err(|error| error.to_string());
        }
        BrowseQuery::UserMade => empty,
        BrowseQuery::All => AnnotationQuery { makers: Makers::All, ..empty },
        BrowseQuery::Inputs(inputs) => {
            let input_ids = inputs.into_iter().map(|id| id.0).collect();
            AnnotationQuery { input_ids, makers: Makers::All, ..empty }
        }
        BrowseQuery::Annotations(_) => {
            let (input_ids, ids) = keys.into_iter().map(|key| (key.input_id, key.sid)).unzip();
            AnnotationQuery { input_ids, ids, ..empty }
        }
        BrowseQuery::Pairs(pairs) => {
            let (input_ids, ids) = pairs.into_iter().unzip();
            AnnotationQuery { input_ids, ids, ..empty }
        }
        BrowseQuery::Task(id) => AnnotationQuery { task_id: Some(id), makers: Makers::All, ..empty },
        BrowseQuery::Users(user_ids) => AnnotationQuery { user_ids, ..empty },
        BrowseQuery::ModelVersions(model_version_ids) => AnnotationQuery { model_version_ids, ..empty },
    };
    api.list_annotations(&query).await.map(Listed::Annotations).map_err(|error| error.to_string())
}

async fn found(api: &impl AnnotationApi, search: &BrowseSearch, page: Page) -> Result<Vec<Annotation>, String> {
    let search = AnnotationSearch { filters: filters(search), page };
    let hits = api.search_annotations(&search).await.map_err(|error| error.to_string())?;
    Ok(hits.into_iter().filter_map(|hit| hit.annotation).collect())
}

/// One filter for each thing that is set; filters are AND-ed.
fn filters(search: &BrowseSearch) -> Vec<SearchFilter> {
    let mut wanted: Vec<Annotation> = Vec::new();
    if let Some(status) = search.status {
        let status = Some(Status { code: StatusCode(status.code()), ..Status::default() });
        wanted.push(Annotation { status, ..Annotation::default() });
    }
    if let Some(concept) = &search.concept {
        let concepts = vec![Concept::present(concept.0.clone())];
        wanted.push(Annotation { data: Some(Data { concepts, ..Data::default() }), ..Annotation::default() });
    }
    if let Some(user) = &search.user {
        let user = Some(UserRef { id: user.clone(), ..UserRef::default() });
        let worker = Some(Worker { user, ..Worker::default() });
        wanted.push(Annotation { worker, ..Annotation::default() });
    }
    if let Some(kind) = search.region_kind {
        // An empty object says: only that kind.
        let empty = serde_json::Map::from_iter([(kind.to_owned(), serde_json::Value::Object(serde_json::Map::new()))]);
        let region_info = serde_json::from_value::<RegionInfo>(serde_json::Value::Object(empty)).ok();
        let regions = vec![Region { region_info, ..Region::default() }];
        wanted.push(Annotation { data: Some(Data { regions, ..Data::default() }), ..Annotation::default() });
    }
    wanted
        .into_iter()
        .map(|annotation| SearchFilter { annotation: Some(annotation), ..SearchFilter::default() })
        .collect()
}

/// Who that is.
pub fn worker(wire: Worker) -> crate::model::Worker {
    let annotation = Annotation { worker: Some(wire), ..Annotation::default() };
    model_from_wire(&annotation, LocalId(0), Size::new(1.0, 1.0)).worker
}

/// A row as it is shown. `lid`: the annotation here, where this project has it.
pub fn row(wire: &Annotation, lid: Option<LocalId>) -> BrowseRow {
    let model = model_from_wire(wire, lid.unwrap_or(LocalId(0)), Size::new(1.0, 1.0));
    let labels: Vec<String> = model
        .concepts
        .iter()
        .map(|label| if label.is_negative() { format!("not {}", label.id) } else { label.id.0.clone() })
        .collect();
    BrowseRow {
        sid: wire.id.clone(),
        lid,
        input: InputId(wire.input_id.clone()),
        concepts: labels.join(", "),
        kind: model.shape().map_or("image", |shape| shape.kind()).to_owned(),
        status: model.status,
        worker: model.worker,
    }
}
