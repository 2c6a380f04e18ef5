//! The routes: one set, under `/v2` and under `/v2/users/{user_id}/apps/{app_id}`. Literal segments win over ids.

use super::answer::{self, Reply};
use super::call::{About, Call};
use super::handlers::{self as h, Work};
use super::{Shared, guard};
use crate::api::{ApiError, StatusCode};
use crate::server::clock::new_id;
use crate::server::local::crashed;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, delete, get, post};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// A handler that needs these scopes.
macro_rules! op {
    ($method:ident, $work:path $(, $scope:literal)*) => {
        $method(|State(server): State<Arc<Shared>>, request: Request<Body>| {
            handle(server, request, About::App, &[$($scope),*], $work)
        })
    };
}

/// A handler that is about the key's user, not about an app.
macro_rules! user_op {
    ($work:path) => {
        get(|State(server): State<Arc<Shared>>, request: Request<Body>| {
            handle(server, request, About::User, &[], $work)
        })
    };
}

/// All routes, guarded.
pub fn router(server: Arc<Shared>) -> Router {
    let router = Router::new()
        .nest("/v2", app_routes())
        .nest("/v2/users/{user_id}/apps/{app_id}", app_routes())
        .route("/v2/users/{user_id}/apps/{app_id}", op!(get, h::get_app))
        .route("/v2/app", op!(get, h::get_app))
        .route("/v2/apps", user_op!(h::list_apps))
        .route("/v2/users/{who}/apps", user_op!(h::list_apps))
        .route("/v2/users/{who}", user_op!(h::get_user))
        .route("/v2/my_scopes", op!(get, h::my_scopes))
        .route("/v2/status_codes", get(status_codes))
        .route("/v2/status_codes/{id}", get(status_code))
        .route("/hosted/{token}/{size}/{suffix}", get(hosted))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&server), guard::guard));
    caught(router).with_state(server)
}

/// A panic costs the request in which it happens, nothing else.
fn caught<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| panicked()))
}

fn app_routes() -> Router<Arc<Shared>> {
    let annotations = both(op!(get, h::list_annotations), op!(post, h::post_annotations, "Annotations_Add"))
        .patch(|State(server): State<Arc<Shared>>, request: Request<Body>| {
            handle(server, request, About::App, &["Annotations_Add"], h::patch_annotations)
        })
        .merge(op!(delete, h::delete_annotations, "Annotations_Delete"));
    let inputs = both(op!(get, h::list_inputs), op!(post, h::post_inputs, "Inputs_Add"))
        .patch(|State(server): State<Arc<Shared>>, request: Request<Body>| {
            handle(server, request, About::App, &["Inputs_Add"], h::patch_inputs)
        })
        .merge(op!(delete, h::delete_inputs, "Inputs_Delete"));
    let concepts = both(op!(get, h::list_concepts), op!(post, h::post_concepts, "Concepts_Add")).patch(
        |State(server): State<Arc<Shared>>, request: Request<Body>| {
            handle(server, request, About::App, &["Concepts_Add"], h::patch_concepts)
        },
    );
    Router::new()
        .route("/annotations", annotations)
        .route("/annotations/searches", op!(post, h::search_annotations, "Search"))
        .route("/annotations/workers", op!(get, h::list_workers))
        .route("/inputs", inputs)
        .route("/inputs/status", op!(get, h::count_inputs))
        .route("/inputs/annotations", op!(delete, h::delete_annotations, "Annotations_Delete"))
        .route("/inputs/{input_id}", both(op!(get, h::get_input), op!(delete, h::delete_input, "Inputs_Delete")))
        .route(
            "/inputs/{input_id}/annotations/{annotation_id}",
            both(op!(get, h::get_annotation), op!(delete, h::delete_annotation, "Annotations_Delete")),
        )
        .route("/concepts", concepts)
        .route("/concepts/searches", op!(post, h::search_concepts))
        .route("/concepts/{concept_id}", op!(get, h::get_concept))
        .route("/myscopes", op!(get, h::my_scopes))
}

fn both(a: MethodRouter<Arc<Shared>>, b: MethodRouter<Arc<Shared>>) -> MethodRouter<Arc<Shared>> {
    a.merge(b)
}

/// Reads the call, checks scopes, runs the work on a thread that may block, and answers.
async fn handle(
    server: Arc<Shared>,
    request: Request<Body>,
    about: About,
    scopes: &'static [&'static str],
    work: Work,
) -> Response {
    let req_id = new_id();
    let call = Call::read(&server, request, about).await.and_then(|call| {
        let lacking: Vec<_> = scopes.iter().filter(|scope| call.lacking.iter().any(|l| l == *scope)).copied().collect();
        if lacking.is_empty() {
            return Ok(call);
        }
        let details = format!("The key lacks: {}. Use a key that has it.", lacking.join(", "));
        Err(ApiError::coded(StatusCode::CONN_INSUFFICIENT_SCOPES, details))
    });
    let mut call = match call {
        Ok(call) => call,
        Err(error) => return answer::failure(&error, &req_id),
    };
    let done = tokio::task::spawn_blocking(move || work(&server.core, &mut call)).await;
    match done.unwrap_or_else(|error| Err(crashed(&error))) {
        Ok(reply) => reply.into_response(&req_id),
        Err(error) => answer::failure(&error, &req_id),
    }
}

async fn hosted(
    State(server): State<Arc<Shared>>,
    Path((token, size, _suffix)): Path<(String, String, String)>,
) -> Response {
    if size != "orig" {
        let error = ApiError::coded(StatusCode::CONN_DOES_NOT_EXIST, "This server keeps images in the size orig only.");
        return answer::failure(&error, &new_id());
    }
    let found = tokio::task::spawn_blocking(move || server.core.image_of_token(&token)).await;
    match found.unwrap_or_else(|error| Err(crashed(&error))) {
        Ok(image) => {
            let kind = image.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ];
            (headers, image.bytes).into_response()
        }
        Err(error) => answer::failure(&error, &new_id()),
    }
}

async fn status_codes() -> Response {
    match h::list_status_codes() {
        Ok(reply) => reply.into_response(&new_id()),
        Err(error) => answer::failure(&error, &new_id()),
    }
}

async fn status_code(Path(id): Path<String>) -> Response {
    Reply::of_status(h::get_status_code(&id)).into_response(&new_id())
}

async fn not_found() -> Response {
    let error = ApiError::coded(
        StatusCode::CONN_DOES_NOT_EXIST,
        "There is nothing at this path. Check the url of your request.",
    );
    answer::failure(&error, &new_id())
}

async fn not_allowed(request: Request<Body>) -> Response {
    let details = format!("{} does not go with this path.", request.method());
    answer::failure(&ApiError::coded(StatusCode::CONN_METHOD_NOT_ALLOWED, details), &new_id())
}

fn panicked() -> Response {
    let error = ApiError::coded(
        StatusCode::INTERNAL_UNCATEGORIZED,
        "The server has a bug: it panicked. Nothing of this request was written; please report it.",
    );
    answer::failure(&error, &new_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fails() -> Response {
        panic!("with /home/somebody/secret in it")
    }

    #[tokio::test]
    async fn a_panic_is_an_envelope_that_says_nothing_secret_and_the_server_goes_on() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = caught(Router::new().route("/", get(fails)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        for _ in 0..2 {
            let response = reqwest::get(&url).await.expect("an answer");
            assert_eq!(response.status().as_u16(), 500, "a failure of the server's");
            let text = response.text().await.expect("text");
            let body: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(body["status"]["code"], 99009, "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
    }
}
