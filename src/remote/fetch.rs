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
mod tests {
    use super::*;
    use crate::api::UserAppId;
    use crate::remote::Limits;
    use secrecy::SecretString;

    fn api(base: &str) -> HttpApi {
        let app = UserAppId { user_id: "u".to_owned(), app_id: "a".to_owned() };
        HttpApi::new(base, app, SecretString::from("k"), Limits::default()).expect("a client")
    }

    #[test]
    fn what_the_server_names_is_only_fetched_where_it_cannot_hurt() {
        let remote = api("https://api.clarifai.com");
        let allowed = |url: &str| remote.may_fetch(&Url::parse(url).expect("a url")).is_ok();
        for good in ["https://data.clarifai.com/x/y.jpg", "https://1.1.1.1/a", "https://api.clarifai.com/a"] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "http://data.clarifai.com/x",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
            "ftp://x/y",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest",
            "https://10.0.0.1/",
            "https://u:p@x.com/",
            "https://192.168.0.1/",
            "https://0.0.0.0/",
            "https://[fd00::1]/",
            "http://127.0.0.1:8080/",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
        let local = api("http://127.0.0.1:8080");
        let allowed = |url: &str| local.may_fetch(&Url::parse(url).expect("a url")).is_ok();
        assert!(allowed("http://127.0.0.1:8080/hosted/x"), "the configured origin itself");
        assert!(!allowed("http://127.0.0.1:9090/"), "another port is another server");
        assert!(!allowed("http://localhost:8080/"), "another name too");
    }

    #[test]
    fn the_address_is_prefix_size_suffix() {
        let image = |hosted: Value| {
            let mut image = Image { url: "https://x/posted.jpg".to_owned(), ..Image::default() };
            image.rest.insert("hosted".to_owned(), hosted);
            address_of(&image)
        };
        let hosted =
            serde_json::json!({"prefix": "https://h/p", "suffix": "s.jpg", "sizes": ["small", "orig", "tiny"]});
        assert_eq!(image(hosted).as_deref(), Some("https://h/p/orig/s.jpg"), "the original");
        assert_eq!(image(Value::Null).as_deref(), Some("https://x/posted.jpg"), "as posted");
    }
}
