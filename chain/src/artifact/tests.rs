use super::*;

const PLAIN: &str =
    r#"{"abi": [], "bytecode": {"object": "0x6001"}, "deployedBytecode": {"object": "0x00"}}"#;

fn read(json: &str) -> Result<Artifact, ArtifactError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Contract.json");
    std::fs::write(&path, json).unwrap();
    Artifact::read(&path)
}

#[test]
fn a_constructor_may_take_nothing_and_not_anything() {
    assert_eq!(read(PLAIN).unwrap().code(), Bytes::from_static(&[0x60, 1]));
    let nothing = r#"[{"type": "constructor", "inputs": []}, {"type": "fallback"}]"#;
    assert_eq!(read(&PLAIN.replace("[]", nothing)).unwrap().code(), Bytes::from_static(&[0x60, 1]));
    let address = r#"[{"type": "constructor", "inputs": [{"name": "part", "type": "address"}]}]"#;
    let error = read(&PLAIN.replace("[]", address)).unwrap_err();
    assert!(matches!(&error, ArtifactError::Constructor { arguments, .. } if arguments == "address part"));
}

#[test]
fn the_largest_code_that_chains_store_is_taken_and_one_byte_more_is_not() {
    let of = |size: usize| PLAIN.replace("0x00", &format!("0x{}", "00".repeat(size)));
    assert!(read(&of(LARGEST_CODE)).is_ok());
    let error = read(&of(LARGEST_CODE + 1)).unwrap_err();
    assert!(matches!(error, ArtifactError::TooLarge { size, .. } if size == LARGEST_CODE + 1), "{error}");
}

#[test]
fn what_cannot_be_deployed_is_refused_by_name() {
    let error = read(&PLAIN.replace("0x6001", "0x")).unwrap_err();
    assert!(matches!(error, ArtifactError::Incomplete { reason, .. } if reason.contains("interface")));
    let error = read(&PLAIN.replace("6001", "60__$abc$__01")).unwrap_err();
    assert!(matches!(error, ArtifactError::Incomplete { reason, .. } if reason.contains("libraries")));
    for other in ["", "[]", "no json", &PLAIN.replace("6001", "60zz"), &PLAIN.replace("bytecode", "code")] {
        let error = read(other).unwrap_err();
        assert!(matches!(error, ArtifactError::Form { .. }), "{other}: {error}");
    }
    let error = Artifact::read(Path::new("/no/such/Contract.json")).unwrap_err();
    assert!(matches!(error, ArtifactError::Read { .. }), "{error}");
}
