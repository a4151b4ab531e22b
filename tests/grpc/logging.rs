//! What the program writes to stderr.

use serde_json::Value as Json;

use crate::client::{ask_for_schema, connect, shut_down};
use crate::process::{Plugin, with_certificate};

/// What the program writes while it answers one call, with these variables set.
async fn stderr(variables: &[(&str, &str)]) -> String {
    let mut plugin = Plugin::start_with(|command| {
        with_certificate(command);
        command.envs(variables.iter().copied());
    });
    let channel = connect(&plugin.socket, Some(plugin.tls())).await.unwrap();
    ask_for_schema(&channel).await.unwrap();
    shut_down(&channel).await;
    plugin.wait();
    plugin.stderr()
}

#[tokio::test]
async fn nothing_is_logged_unless_someone_asks() {
    assert_eq!(stderr(&[]).await, "");
    assert_eq!(stderr(&[("TF_LOG", "off")]).await, "");
    let own = [("TF_LOG", "trace"), ("TF_LOG_PROVIDER_IXAPI", "error")];
    assert_eq!(stderr(&own).await, "");
}

#[tokio::test]
async fn each_call_is_logged_in_lines_that_terraform_can_read() {
    let text = stderr(&[("TF_LOG_PROVIDER", "trace")]).await;
    let lines: Vec<Json> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for line in &lines {
        assert!(line["@message"].is_string() && line["@level"].is_string());
        let stamp = line["@timestamp"].as_str().unwrap();
        assert_eq!((stamp.len(), &stamp[19..20], &stamp[26..]), (27, ".", "Z"));
    }
    let of_call: Vec<&Json> = lines
        .iter()
        .filter(|line| line["tf_rpc"] == "GetProviderSchema")
        .collect();
    assert_eq!(of_call.len(), 2);
    assert_eq!(of_call[0]["@level"], "trace");
    assert_eq!(of_call[1]["@level"], "debug");
    assert!(of_call[1]["tf_req_duration_ms"].is_string());
    assert_eq!(of_call[0]["tf_req_id"], of_call[1]["tf_req_id"]);
}

#[tokio::test]
async fn only_lines_of_the_wanted_level_are_written() {
    let text = stderr(&[("TF_LOG", "debug")]).await;
    assert!(text.contains(r#""@level":"debug""#) && !text.contains(r#""@level":"trace""#));
}
