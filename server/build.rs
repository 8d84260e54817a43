//! Makes sure that the folder of embedded assets exists on a plain checkout, and that new files in it are
//! noticed.

fn main() {
    let site = std::path::Path::new("../target/site");
    std::fs::create_dir_all(site).expect("the folder for the site cannot be created under target/");
    println!("cargo:rerun-if-changed=../target/site");
    println!("cargo:rerun-if-changed=demo/mesh");
    println!("cargo:rerun-if-changed=build.rs");
}
