//! Several processes and one key file. The child process is this test binary, running `child` alone.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use super::super::replace::Replacement;
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
            let replacement = Replacement::begin(&target, 1000).unwrap();
            replacement.file().write_all(&[1; 500]).unwrap();
            println!("\nready");
            thread::sleep(Duration::from_secs(60));
        }
        _ => {
            println!("\nready");
            match setup(&target, &sample(300, 11).0, &purpose(), &Entropy::System, &Silent) {
                Ok(_) => println!("\nwritten"),
                Err(SetupError::File(KeyError { problem: KeyProblem::Busy, .. })) => println!("\nbusy"),
                Err(other) => panic!("{other}"),
            }
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

fn wait_for(child: &mut Child, words: &[&str]) -> String {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map(Result::unwrap).find(|line| words.contains(&line.as_str())).expect("the child says so")
}

#[test]
fn a_killed_writer_leaves_no_half_file_and_does_not_block_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.pk");
    let mut child = spawn("half", &path);
    wait_for(&mut child, &["ready"]);
    let busy = setup(&path, &sample(3, 11).0, &purpose(), &SEED, &Silent).unwrap_err();
    assert!(matches!(busy, SetupError::File(KeyError { problem: KeyProblem::Busy, .. })), "{busy}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!path.exists());
    setup(&path, &sample(3, 11).0, &purpose(), &SEED, &Silent).unwrap();
    open(&path).unwrap();
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
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
        wait_for(&mut child, &["ready"]);
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
fn of_several_writers_at_once_some_win_and_the_others_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.pk");
    let mut children: Vec<_> = (0..3).map(|_| spawn("setup", &path)).collect();
    let outcomes: Vec<_> = children.iter_mut().map(|child| wait_for(child, &["written", "busy"])).collect();
    for mut child in children {
        child.wait().unwrap();
    }
    assert!(outcomes.iter().any(|outcome| outcome == "written"), "{outcomes:?}");
    open(&path).unwrap();
}
