//! `popw serve-page`.

mod guard;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use miette::{IntoDiagnostic, WrapErr, miette};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;
use tower_http::services::fs::ServeFileSystemResponseBody;

use super::Outcome;
use crate::signals::termination;
use crate::ui::Ui;

/// How long a client has for the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// For every answer. The page loads nothing from elsewhere, and sends nothing anywhere.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
         style-src 'self'; img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    // Asked again each time, answered with 304 while nothing has changed: a rebuilt page is seen at once.
    (header::CACHE_CONTROL, "no-cache"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Serve the page that checks proofs in a browser, on this machine.
#[derive(clap::Args)]
#[command(
    after_help = "Only loopback addresses are accepted: to publish the page, copy the folder to any web server.\n\
    It answers to the address it prints and to localhost, to no other name, and serves files of the folder alone: symbolic links\n\
    do not lead out of it.\n\
    Ctrl-C or SIGTERM ends it, with exit code 0.\n\n\
    Examples:\n  popw serve-page\n  popw serve-page --listen 127.0.0.1:9000 --dir wasm/www/dist"
)]
pub struct Args {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The built page.
    #[arg(long, value_name = "DIR", default_value = "wasm/www/dist")]
    dir: PathBuf,
}

/// Serves until it is stopped.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    if !args.listen.ip().is_loopback() {
        let help = "listen on 127.0.0.1; to publish the page, copy its folder to any web server";
        return Err(miette!(
            help = help,
            "the page is served on loopback only, and {} is not loopback",
            args.listen.ip()
        ));
    }
    if !args.dir.join("index.html").is_file() {
        let help = "build it with: make page (in the source tree), or name its folder with --dir";
        return Err(miette!(help = help, "the page is not in {}: no index.html", args.dir.display()));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .into_diagnostic()
        .wrap_err("cannot start")?;
    runtime.block_on(async {
        let stop = termination().into_diagnostic().wrap_err("cannot wait for SIGTERM")?;
        let listener = TcpListener::bind(args.listen).await.map_err(|error| {
            let help = "choose another port with --listen, or 0 for any free one";
            miette!(help = help, "cannot listen on {}: {error}", args.listen)
        })?;
        let url = format!("http://{}/", listener.local_addr().into_diagnostic()?);
        ui.result(&serde_json::json!({ "url": url }), || format!("{url}  (Ctrl-C ends it)"));
        tokio::select! {
            () = serve(listener, &args.dir) => {}
            () = stop => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Answers every connection from the folder, for as long as it is polled.
async fn serve(listener: TcpListener, folder: &Path) {
    let site = Arc::new(Site::new(folder));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, or a client that has gone: the next may be luckier.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // A connection that has no address any more is broken already.
        let Ok(address) = stream.local_addr() else { continue };
        let site = Arc::clone(&site);
        let answer = service_fn(move |request: Request<Incoming>| {
            let site = Arc::clone(&site);
            async move { Ok::<_, Infallible>(site.answer(address, request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), answer);
        // A broken connection is its client's affair.
        tokio::spawn(async { drop(connection.await) });
    }
}

/// The page's folder.
struct Site {
    folder: PathBuf,
    files: TowerToHyperService<ServeDir>,
}

impl Site {
    fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), files: TowerToHyperService::new(ServeDir::new(folder)) }
    }

    /// What is answered to a request that has come to `address`.
    async fn answer(
        &self,
        address: SocketAddr,
        request: Request<Incoming>,
    ) -> Response<ServeFileSystemResponseBody> {
        let mut response = if !guard::is_for(address, &request) {
            empty(StatusCode::MISDIRECTED_REQUEST)
        } else if !self.has(request.uri().path().to_owned()).await {
            empty(StatusCode::NOT_FOUND)
        } else {
            let Ok(file) = self.files.call(request).await;
            file
        };
        for (name, value) in HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }

    async fn has(&self, path: String) -> bool {
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || guard::leads_inside(&folder, &path)).await.unwrap_or(false)
    }
}

fn empty(status: StatusCode) -> Response<ServeFileSystemResponseBody> {
    let mut response = Response::new(ServeFileSystemResponseBody::default());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests;
