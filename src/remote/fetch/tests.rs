//! Which addresses are fetched, in how many spellings.

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
    let hosted = serde_json::json!({"prefix": "https://h/p", "suffix": "s.jpg", "sizes": ["small", "orig", "tiny"]});
    assert_eq!(image(hosted).as_deref(), Some("https://h/p/orig/s.jpg"), "the original");
    assert_eq!(image(Value::Null).as_deref(), Some("https://x/posted.jpg"), "as posted");
}

/// Spellings of addresses, and whether they are fetched where the configured origin is: Clarifai's; this machine; a
/// machine in this network; this machine in IPv6. Names are looked up when they are connected to, see below.
const SPELLINGS: [(&str, [bool; 4]); 60] = [
    ("https://data.clarifai.com/x/y.jpg", [true; 4]),
    ("HTTPS://DATA.CLARIFAI.COM/X", [true; 4]),
    ("https://1.1.1.1/a", [true; 4]),
    ("https://1.1.1.1:8443/a", [true; 4]),
    ("https://[2606:4700::1111]/a", [true; 4]),
    ("https://172.15.255.255/", [true; 4]),
    ("https://172.32.0.1/", [true; 4]),
    ("https://100.128.0.1/", [true; 4]),
    ("https://api.clarifai.com/a", [true; 4]),
    ("https://api.clarifai.com:443/a", [true; 4]),
    ("http://api.clarifai.com/a", [false; 4]),
    ("http://data.clarifai.com/x", [false; 4]),
    ("http://1.1.1.1/", [false; 4]),
    ("ftp://data.clarifai.com/x", [false; 4]),
    ("file:///etc/passwd", [false; 4]),
    ("file://localhost/etc/passwd", [false; 4]),
    ("data:image/png;base64,AAAA", [false; 4]),
    ("javascript:alert(1)", [false; 4]),
    ("gopher://1.1.1.1/", [false; 4]),
    ("ws://1.1.1.1/", [false; 4]),
    ("wss://1.1.1.1/", [false; 4]),
    ("blob:https://1.1.1.1/x", [false; 4]),
    ("https://user@1.1.1.1/", [false; 4]),
    ("https://user:pass@data.clarifai.com/", [false; 4]),
    ("https://api.clarifai.com@127.0.0.1/", [false; 4]),
    ("http://127.0.0.1:8080/hosted/x", [false, true, false, false]),
    ("http://127.0.0.1:9090/", [false; 4]),
    ("http://localhost:8080/", [false; 4]),
    ("http://127.0.0.1:8080@evil.com/", [false; 4]),
    ("https://127.0.0.1/", [false, true, false, false]),
    ("https://127.1/", [false, true, false, false]),
    ("https://0x7f000001/", [false, true, false, false]),
    ("https://2130706433/", [false, true, false, false]),
    ("https://0177.0.0.1/", [false, true, false, false]),
    ("https://127.0.0.2/", [false; 4]),
    ("https://127.255.255.255/", [false; 4]),
    ("https://0.0.0.0/", [false; 4]),
    ("https://0/", [false; 4]),
    ("https://0.1.2.3/", [false; 4]),
    ("https://10.0.0.1/", [false; 4]),
    ("https://10.0.0.5/", [false, false, true, false]),
    ("https://10.0.0.5:8443/other", [false, false, true, false]),
    ("https://0xa000005/", [false, false, true, false]),
    ("https://172.16.0.1/", [false; 4]),
    ("https://172.31.255.255/", [false; 4]),
    ("https://192.168.0.1/", [false; 4]),
    ("https://169.254.169.254/latest/meta-data", [false; 4]),
    ("https://100.64.0.1/", [false; 4]),
    ("https://198.18.0.1/", [false; 4]),
    ("https://224.0.0.1/", [false; 4]),
    ("https://255.255.255.255/", [false; 4]),
    ("https://[::1]/", [false, false, false, true]),
    ("https://[::]/", [false; 4]),
    ("https://[::ffff:127.0.0.1]/", [false; 4]),
    ("https://[::ffff:10.0.0.1]/", [false; 4]),
    ("https://[64:ff9b::7f00:1]/", [false; 4]),
    ("https://[2002:7f00:1::]/", [false; 4]),
    ("https://[fe80::1]/", [false; 4]),
    ("https://[fd00::1]/", [false; 4]),
    ("https://[ff02::1]/", [false; 4]),
];

#[test]
fn sixty_spellings_are_fetched_or_not_by_four_origins() {
    let origins = ["https://api.clarifai.com", "http://127.0.0.1:8080", "https://10.0.0.5", "https://[::1]:8443"];
    for (nth, origin) in origins.into_iter().enumerate() {
        let api = api(origin);
        for (spelling, allowed) in SPELLINGS {
            let fetched = Url::parse(spelling).is_ok_and(|url| api.may_fetch(&url).is_ok());
            assert_eq!(fetched, allowed[nth], "{spelling} where the origin is {origin}");
        }
    }
}

#[tokio::test]
async fn a_name_that_leads_here_is_not_connected_to() {
    use reqwest::dns::Resolve as _;
    for (trusted, name, found) in [
        ("api.clarifai.com", "localhost", false),
        ("api.clarifai.com", "LOCALHOST", false),
        ("api.clarifai.com", "localhost.", false),
        ("localhost", "localhost", true),
        ("localhost.evil.com", "localhost", false),
    ] {
        let resolver = super::super::addresses::PublicOnly { trusted_host: trusted.to_owned() };
        let answer = resolver.resolve(name.parse().expect("a name")).await;
        assert_eq!(answer.is_ok(), found, "{name} where the origin is {trusted}");
    }
}
