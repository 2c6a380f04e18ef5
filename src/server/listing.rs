//! Reading annotations: pages, single ones, workers.

use super::core::{Caller, Core, checked, json_list, limits, parsed};
use super::db::failed;
use crate::api::{Annotation, AnnotationKey, AnnotationQuery, ApiError, Makers, Page, StatusCode, Worker};
use rusqlite::{Connection, OptionalExtension as _, Params, params};

impl Core {
    /// One page of annotations, each as its JSON: nothing is gained by reading and writing it again.
    pub fn list_annotations(&self, caller: &Caller, query: &AnnotationQuery) -> Result<Vec<String>, ApiError> {
        let (limit, offset) = limits(query.page)?;
        let n = caller.app.n;
        let inputs = json_list(&query.input_ids);
        if !query.ids.is_empty() {
            if query.ids.len() != query.input_ids.len() {
                return Err(ApiError::coded(
                    StatusCode::CONN_INVALID_REQUEST,
                    format!(
                        "ids and input_ids go in pairs, so there must be as many of both: {} ids, {} input_ids.",
                        query.ids.len(),
                        query.input_ids.len()
                    ),
                ));
            }
            let ids = json_list(&query.ids);
            let sql = include_str!("sql/annotation_list_pairs.sql");
            return self.read(|connection| bodies(connection, sql, params![n, inputs, ids, limit, offset]));
        }
        let (users, models) = (json_list(&query.user_ids), json_list(&query.model_version_ids));
        let workflows = json_list(&query.workflow_version_ids);
        let all = query.makers == Makers::All || users.is_some() || models.is_some() || workflows.is_some();
        let task = &query.task_id;
        self.read(|connection| match &inputs {
            None => {
                let sql = include_str!("sql/annotation_list.sql");
                bodies(connection, sql, params![n, all, users, models, workflows, task, limit, offset])
            }
            Some(inputs) => {
                let sql = include_str!("sql/annotation_list_inputs.sql");
                bodies(connection, sql, params![n, all, users, models, workflows, task, limit, offset, inputs])
            }
        })
    }

    /// One annotation as its JSON.
    pub fn get_annotation(&self, caller: &Caller, key: &AnnotationKey) -> Result<String, ApiError> {
        let found: Option<(String, u32)> = self.read(|connection| {
            connection
                .prepare_cached(include_str!("sql/annotation_get.sql"))
                .and_then(|mut statement| {
                    statement
                        .query_row(params![caller.app.n, key.input_id, key.id], |row| Ok((row.get(0)?, row.get(1)?)))
                        .optional()
                })
                .map_err(failed)
        })?;
        let Some((body, crc)) = found else {
            return Err(ApiError::coded(
                StatusCode::CONN_DOES_NOT_EXIST,
                format!("There is no annotation {:?} on input {:?} in this app.", key.id, key.input_id),
            ));
        };
        checked(body, crc)
    }

    /// Who made annotations in this app.
    pub fn list_workers(&self, caller: &Caller, page: Page) -> Result<Vec<Worker>, ApiError> {
        let (limit, offset) = limits(page)?;
        let sql = include_str!("sql/annotation_workers.sql");
        let found = self.read(|connection| bodies(connection, sql, params![caller.app.n, limit, offset]))?;
        found.iter().map(|body| parsed::<Annotation>(body).map(|a| a.worker.unwrap_or_default())).collect()
    }
}

fn bodies(connection: &Connection, sql: &str, params: impl Params) -> Result<Vec<String>, ApiError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let rows = statement.query_map(params, |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    rows.map(|row| row.map_err(failed).and_then(|(body, crc)| checked(body, crc))).collect()
}
