//! Pages and scripts, as the same origin serves them.

use e2e::Server;
use protocol::problem::Code;

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_missing_script_is_missing_and_an_address_of_the_dashboard_is_its_page() {
    let server = Server::from_env();
    for path in ["/widget/beckon-0000.js", "/app/app-0000.wasm"] {
        let reply = server.get(path).header("accept", "*/*").send().await;
        reply.refused(Code::NotFound);
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
    }
    for path in ["/", "/history", "/pending/cv_00000000000000000000"] {
        let reply = server.get(path).header("accept", "text/html").send().await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-cache")), "{path}");
    }
}
