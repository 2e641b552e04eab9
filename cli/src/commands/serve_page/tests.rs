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
    ask_as(address, request, &format!("host: {address}\r\n{more}")).await
}

/// With all headers as they are given, `Host` among them or not.
async fn ask_as(address: SocketAddr, request: &str, headers: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{request} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

async fn started() -> (tempfile::TempDir, SocketAddr) {
    started_at("127.0.0.1:0").await.unwrap()
}

/// Fails where the machine does not have the address.
async fn started_at(listen: &str) -> std::io::Result<(tempfile::TempDir, SocketAddr)> {
    let folder = site();
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr().unwrap();
    let page = folder.path().join("dist");
    tokio::spawn(async move { serve(listener, &page).await });
    Ok((folder, address))
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
        "/%",
        "//keys",
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
async fn only_its_own_names_are_answered() {
    let (_folder, address) = started().await;
    let port = address.port();
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("LOCALHOST:{port}")] {
        let answer = ask_as(address, "GET /", &format!("host: {host}\r\n")).await;
        assert_eq!(answer.status, 200, "{host}");
        let answer = ask_as(address, &format!("GET http://{host}/"), &format!("host: {host}\r\n")).await;
        assert_eq!(answer.status, 200, "{host} in the target");
    }
    let own = format!("host: {address}\r\n");
    for (target, headers) in [
        ("/", format!("host: rebound.example:{port}\r\n")),
        ("/", "host: rebound.example\r\n".to_owned()),
        ("/", format!("host: localhost.rebound.example:{port}\r\n")),
        ("/", format!("host: 127.0.0.1.rebound.example:{port}\r\n")),
        ("/", format!("host: 127.0.0.2:{port}\r\n")),
        ("/", "host: 127.0.0.1\r\n".to_owned()),
        ("/", "host: localhost:1\r\n".to_owned()),
        ("/", "host:\r\n".to_owned()),
        ("/", String::new()),
        ("/", format!("{own}{own}")),
        ("/", format!("{own}host: rebound.example\r\n")),
        ("http://rebound.example/", own),
    ] {
        let answer = ask_as(address, &format!("GET {target}"), &headers).await;
        assert!(matches!(answer.status, 400 | 421), "{target} {headers}: {}", answer.head);
        assert_eq!(answer.body, "", "{target} {headers}");
    }
}

#[tokio::test]
async fn an_ipv6_address_is_a_name_too() {
    // A machine without IPv6 has no such address to answer at.
    let Ok((_folder, address)) = started_at("[::1]:0").await else { return };
    assert_eq!(ask(address, "GET /", "").await.status, 200);
    let other = format!("host: 127.0.0.1:{}\r\n", address.port());
    assert_eq!(ask_as(address, "GET /", &other).await.status, 421);
}

#[cfg(unix)]
#[tokio::test]
async fn symbolic_links_do_not_lead_out_of_the_folder() {
    use std::os::unix::fs::symlink;

    let (folder, address) = started().await;
    let page = folder.path().join("dist");
    fs::create_dir(folder.path().join("beside")).unwrap();
    fs::write(folder.path().join("beside/index.html"), "secret").unwrap();
    fs::create_dir(page.join("linked-index")).unwrap();
    symlink("../secret.txt", page.join("secret.txt")).unwrap();
    symlink(folder.path().join("secret.txt"), page.join("absolute.txt")).unwrap();
    symlink("..", page.join("up")).unwrap();
    symlink("../beside", page.join("beside")).unwrap();
    symlink("../../secret.txt", page.join("linked-index/index.html")).unwrap();
    symlink("loop", page.join("loop")).unwrap();
    for path in [
        "/secret.txt",
        "/absolute.txt",
        "/up/secret.txt",
        "/up/dist/main.js/../../secret.txt",
        "/beside",
        "/beside/",
        "/beside/index.html",
        "/linked-index/",
        "/linked-index/index.html",
        "/loop",
    ] {
        for method in ["GET", "HEAD"] {
            let answer = ask(address, &format!("{method} {path}"), "").await;
            assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{method} {path}");
        }
    }
    // Within the folder they are as good as files.
    symlink("main.js", page.join("alias.js")).unwrap();
    assert_eq!(ask(address, "GET /alias.js", "").await.body, "export {}");
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
