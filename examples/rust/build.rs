// SPDX-License-Identifier: MIT
//! Asks pkg-config where libfkvm is.
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    let found = Command::new("pkg-config")
        .args(["--libs", "fkvm"])
        .output()
        .expect("pkg-config does not start: install it");
    if !found.status.success() {
        let why = String::from_utf8_lossy(&found.stderr);
        panic!("pkg-config does not find fkvm: install it, or set PKG_CONFIG_PATH\n{why}");
    }
    for flag in String::from_utf8_lossy(&found.stdout).split_whitespace() {
        if let Some(folder) = flag.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={folder}");
        } else if let Some(library) = flag.strip_prefix("-l") {
            println!("cargo:rustc-link-lib=dylib={library}");
        }
    }
}
