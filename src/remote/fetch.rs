//! Fetching images from addresses that a server names.
//!
//! The rules: https only, or the configured origin itself; the key only to the configured origin; redirects by hand,
//! at most three, each checked anew; no address of this machine or its network, except the configured origin's host;
//! bytes are counted, whatever `Content-Length` says.

use super::addresses::is_public_address;
use super::classify::{self, Effect};
use super::http_api::HttpApi;
use crate::api::{ApiError, ApiResult, ErrorKind, Image, ImageBytes, Input};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use reqwest::{Response, Url};
use serde_json::Value;
use url::Host;

/// Redirects followed.
const MAX_REDIRECTS: usize = 3;

impl HttpApi {
    /// The bytes of an input's image.
    pub(super) async fn fetch_image(&self, input: &Input) -> ApiResult<ImageBytes> {
        let image = input.data.as_ref().and_then(|data| data.image.as_ref());
        let address = image
            .and_then(address_of)
            .ok_or_else(|| refused(format!("The server names no address for the image of input {:?}.", input.id)))?;
        let mut url = self.base.join(&address).map_err(|_not_a_url| refused("The image's address is none."))?;
        for _ in 0..=MAX_REDIRECTS {
            let mut response = self.fetch_once(&url).await?;
            if !response.status().is_redirection() {
                return self.read_image(&mut response).await;
            }
            let to = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
            url = url.join(to).map_err(|_not_a_url| refused("The image's address leads to none."))?;
        }
        Err(refused(format!("The image's address leads on more than {MAX_REDIRECTS} times.")))
    }

    async fn fetch_once(&self, url: &Url) -> ApiResult<Response> {
        self.may_fetch(url).map_err(refused)?;
        let mut request = self.images.get(url.clone());
        if url.origin() == self.base.origin() {
            request = request.header(AUTHORIZATION, self.authorization()?);
        }
        let host = url.host_str().unwrap_or_default();
        request.send().await.map_err(|error| classify::no_answer(&error.without_url(), Effect::Reads, host))
    }

    /// Whether the rules allow it. Names are checked again when they are resolved.
    fn may_fetch(&self, url: &Url) -> Result<(), String> {
        if url.origin() == self.base.origin() {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(format!("Images are only fetched over https, not {}.", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("The image's address holds a password.".to_owned());
        }
        let trusted = url.host() == self.base.host();
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) => None,
            None => return Err("The image's address has no host.".to_owned()),
        };
        match address {
            Some(address) if !trusted && !is_public_address(address) => {
                Err("The image's address lies on this machine or in its network.".to_owned())
            }
            _ => Ok(()),
        }
    }

    async fn read_image(&self, response: &mut Response) -> ApiResult<ImageBytes> {
        let http = response.status().as_u16();
        if !response.status().is_success() {
            let kind = if http >= 500 { ErrorKind::NotApplied } else { ErrorKind::Refused };
            let mut error = ApiError::local(kind, "No image", format!("Its address answers HTTP {http}."));
            error.http_status = Some(http);
            return Err(error);
        }
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.map(ToOwned::to_owned);
        let cap_bytes = self.limits.image_bytes;
        let mut bytes = Vec::new();
        let broken =
            |error: reqwest::Error| classify::no_answer(&error.without_url(), Effect::Reads, "The image's host");
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > cap_bytes {
                return Err(ApiError::local(
                    ErrorKind::TooLarge,
                    "The image is too large",
                    format!("It has more than {} MiB.", cap_bytes >> 20),
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(ImageBytes { bytes, content_type })
    }
}

fn refused(details: impl Into<String>) -> ApiError {
    ApiError::local(ErrorKind::Refused, "The image cannot be fetched", details)
}

/// `prefix/size/suffix` with the original size if there is one, else the `url` as it was posted.
fn address_of(image: &Image) -> Option<String> {
    let hosted = image.rest.get("hosted");
    let text = |name: &str| hosted.and_then(|h| h.get(name)).and_then(Value::as_str).filter(|t| !t.is_empty());
    let sizes = hosted.and_then(|h| h.get("sizes")).and_then(Value::as_array);
    let size = sizes.and_then(|sizes| {
        let named = |name: &str| sizes.iter().filter_map(Value::as_str).find(|size| *size == name);
        named("orig").or_else(|| named("large")).or_else(|| sizes.last().and_then(Value::as_str))
    });
    match (text("prefix"), size, text("suffix")) {
        (Some(prefix), Some(size), Some(suffix)) => {
            let (prefix, suffix) = (prefix.trim_end_matches('/'), suffix.trim_start_matches('/'));
            Some(format!("{prefix}/{size}/{suffix}"))
        }
        _ => Some(image.url.clone()).filter(|url| !url.is_empty()),
    }
}

#[cfg(test)]
mod tests;
