//! Several processes and one key file. The child process is this test binary, running `child` alone.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use super::*;

const ROLE: &str = "POPW_TEST_ROLE";
const TARGET: &str = "POPW_TEST_TARGET";

/// Not a test of its own: what the other tests start.
#[test]
fn child() {
    let (Ok(role), Ok(target)) = (env::var(ROLE), env::var(TARGET)) else { return };
    let target = PathBuf::from(target);
    match role.as_str() {
        "half" => {
            let mut output = to(&target);
            output.file().unwrap().write_all(&[1; 500]).unwrap();
            println!("\nready");
            thread::sleep(Duration::from_secs(60));
        }
        _ => {
            println!("\nready");
            setup(&target, &sample(300, 11).0, &purpose(), &Entropy::System, &Silent).unwrap();
            println!("\nwritten");
        }
    }
}

fn spawn(role: &str, target: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "groth16::tests::processes::child", "--nocapture"])
        .env(ROLE, role)
        .env(TARGET, target)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn wait_for(child: &mut Child, word: &str) {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == word), "the child does not say: {word}");
}

#[test]
fn a_killed_writer_leaves_no_half_file_and_does_not_block_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.pk");
    let mut child = spawn("half", &path);
    wait_for(&mut child, "ready");
    setup(&path, &sample(3, 11).0, &purpose(), &SEED, &Silent).unwrap();
    let made = fs::read(&path).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fs::read(&path).unwrap(), made);
    setup(&path, &sample(3, 12).0, &purpose(), &SEED, &Silent).unwrap();
    open(&path).unwrap();
    // Where files without a name are to be had, the killed one has left nothing at all.
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.filter(|name| !name.to_string_lossy().starts_with(".popw-")).collect();
    names.sort();
    assert_eq!(names, ["sample.pk", "sample.pk.checked"]);
}

#[test]
fn setup_killed_at_any_moment_leaves_an_old_key_or_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.pk");
    for delay in [0, 5, 20, 50, 90, 140, 200, 300] {
        let existed = path.exists();
        let mut child = spawn("setup", &path);
        wait_for(&mut child, "ready");
        thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(path.exists() || !existed);
        if path.exists() {
            open(&path).unwrap();
        }
    }
}

#[test]
fn of_several_writers_at_once_the_last_wins_with_a_whole_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.pk");
    let mut children: Vec<_> = (0..3).map(|_| spawn("setup", &path)).collect();
    for child in &mut children {
        wait_for(child, "written");
    }
    for mut child in children {
        child.wait().unwrap();
    }
    open(&path).unwrap();
}

/// A stamp is put where nothing is, or another stamp: what else has its name stays, and the key is validated each time.
#[test]
#[cfg(unix)]
fn a_stamp_overwrites_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.pk");
    let (stamp, victim) = (folder.path().join("sample.pk.checked"), folder.path().join("victim"));
    fs::write(&victim, "precious").unwrap();
    std::os::unix::fs::symlink("victim", &stamp).unwrap();
    let make = || setup(&path, &sample(3, 11).0, &purpose(), &SEED, &Silent).unwrap();
    make();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    fs::remove_file(&stamp).unwrap();
    fs::write(&stamp, "somebody's").unwrap();
    make();
    assert_eq!(fs::read_to_string(&stamp).unwrap(), "somebody's");
    fs::remove_file(&stamp).unwrap();
    make();
    let first = fs::read_to_string(&stamp).unwrap();
    make();
    assert_ne!(fs::read_to_string(&stamp).unwrap(), first);
}
