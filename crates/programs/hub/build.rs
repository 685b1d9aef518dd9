//! Looks after the folder of the built pages (`ui/dist`). A debug build reads them when they are asked for, from a path
//! that has to exist when it is compiled; a release build holds them and is built again when they change.

#![allow(clippy::print_stdout, reason = "Cargo reads what a build script prints")]

use std::path::Path;

fn main() {
    let pages = Path::new("../../../ui/dist");
    println!("cargo:rerun-if-changed=build.rs");
    if let Err(error) = std::fs::create_dir_all(pages) {
        println!("cargo:warning=cannot make `{}`, so there will be no pages: {error}", pages.display());
        return;
    }
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={}", pages.display());
    }
}
