//! Compiles `proto/` to Rust, without `protoc`: `protox` reads the files, `tonic` writes the code.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let files = protox::compile(
        ["tfplugin6.proto", "go_plugin.proto", "health.proto"],
        ["proto"],
    )?;
    tonic_prost_build::configure()
        // The clients are for the tests; without a transport they cost nothing elsewhere.
        .build_client(true)
        .build_transport(false)
        // Whatever the provider does not offer answers Unimplemented.
        .generate_default_stubs(true)
        // Answers often pass on what came in: counted, not copied.
        .bytes(".")
        .compile_fds(files)?;
    Ok(())
}
