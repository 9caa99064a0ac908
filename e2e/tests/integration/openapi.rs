//! The API's own description, as the server gives it to everybody.

use e2e::Server;
use serde_json::Value;

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_server_describes_itself_to_everybody() {
    let reply = Server::from_env().get("/v1/openapi.json").send().await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert_eq!(reply.ok::<Value>(), openapi::document());
}
