//! Over real sockets, with requests that no browser would send.

use std::fs;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// A folder with a page, and beside it a file that is nobody's business.
fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("dist");
    fs::create_dir_all(page.join("keys")).unwrap();
    fs::write(page.join("index.html"), "<!doctype html>the page").unwrap();
    fs::write(page.join("main.js"), "export {}").unwrap();
    fs::write(page.join("popw.wasm"), b"\0asm").unwrap();
    fs::write(page.join("style.css"), "a {}").unwrap();
    fs::write(page.join("icon.svg"), "<svg/>").unwrap();
    fs::write(page.join("keys/a.vk"), "key").unwrap();
    fs::write(page.join("keys/a.json"), "{}").unwrap();
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    folder
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut named = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value).unwrap_or_default()
    }
}

async fn ask(address: SocketAddr, request: &str, more: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{more}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

async fn started() -> (tempfile::TempDir, SocketAddr) {
    let folder = site();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let page = folder.path().join("dist");
    tokio::spawn(async move { serve(listener, &page).await });
    (folder, address)
}

#[tokio::test]
async fn files_have_the_types_that_browsers_insist_on() {
    let (_folder, address) = started().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/main.js", "text/javascript"),
        ("/popw.wasm", "application/wasm"),
        ("/style.css", "text/css"),
        ("/icon.svg", "image/svg+xml"),
        ("/keys/a.json", "application/json"),
        ("/keys/a.vk", "application/octet-stream"),
    ] {
        let answer = ask(address, &format!("GET {path}"), "").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path}");
    }
    assert!(ask(address, "GET /", "").await.body.ends_with("the page"));
}

#[tokio::test]
async fn every_answer_says_what_the_page_may_do() {
    let (_folder, address) = started().await;
    for path in ["/", "/absent"] {
        let answer = ask(address, &format!("GET {path}"), "").await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let (folder, address) = started().await;
    let modified = ask(address, "GET /main.js", "").await.header("last-modified").to_owned();
    let again = format!("if-modified-since: {modified}\r\n");
    let answer = ask(address, "GET /main.js", &again).await;
    assert_eq!((answer.status, answer.body.as_str()), (304, ""));
    let file = fs::File::options().write(true).open(folder.path().join("dist/main.js")).unwrap();
    file.set_modified(std::time::SystemTime::now() + Duration::from_secs(60)).unwrap();
    let answer = ask(address, "GET /main.js", &again).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "export {}"));
}

#[tokio::test]
async fn nothing_outside_of_the_folder_is_served() {
    let (_folder, address) = started().await;
    for path in [
        "/../secret.txt",
        "/keys/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/%00",
        "/keys",
        "/keys/",
        "/absent.js",
    ] {
        let answer = ask(address, &format!("GET {path}"), "").await;
        assert!(matches!(answer.status, 307 | 400 | 404), "{path}: {}", answer.head);
        assert_eq!(answer.body, "", "{path}");
    }
}

#[tokio::test]
async fn only_reading_is_allowed() {
    let (folder, address) = started().await;
    for method in ["POST", "PUT", "DELETE"] {
        assert_eq!(ask(address, &format!("{method} /main.js"), "content-length: 0\r\n").await.status, 405);
    }
    let answer = ask(address, "HEAD /main.js", "").await;
    assert_eq!((answer.status, answer.header("content-length"), answer.body.as_str()), (200, "9", ""));
    assert_eq!(fs::read(folder.path().join("dist/main.js")).unwrap(), b"export {}");
}

#[test]
fn a_public_address_or_a_folder_without_a_page_is_refused() {
    let folder = site();
    let ui = Ui::new(true);
    let args =
        |listen: &str, dir: &str| Args { listen: listen.parse().unwrap(), dir: folder.path().join(dir) };
    let error = run(args("0.0.0.0:0", "dist"), &ui).unwrap_err();
    assert!(error.to_string().contains("loopback"), "{error}");
    let error = run(args("127.0.0.1:0", "keys"), &ui).unwrap_err();
    assert!(error.help().unwrap().to_string().contains("make page"), "{error}");
}

#[test]
fn a_port_that_is_taken_is_refused() {
    let folder = site();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let error = run(Args { listen, dir: folder.path().join("dist") }, &Ui::new(true)).unwrap_err();
    assert!(error.to_string().contains(&format!("cannot listen on {listen}")), "{error}");
}
