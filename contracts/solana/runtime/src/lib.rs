//! Runs the Solana program as a validator would: its ELF file in the virtual machine `solana-sbpf`, with the curve
//! operations of `solana-bn254`, both of which validators run themselves, and the prices of [`prices`].
//!
//! What is not here: transactions, accounts, fees. The program uses none of them.

pub mod prices;
mod syscalls;

use std::{ptr::NonNull, sync::Arc};

use popw_solana::Error;
use solana_sbpf::{
    aligned_memory::AlignedMemory,
    ebpf,
    elf::Executable,
    error::ProgramResult,
    memory_region::{MemoryMapping, MemoryRegion},
    program::{BuiltinProgram, SBPFVersion},
    verifier::RequisiteVerifier,
    vm::{CallFrame, Config, ContextObject, EbpfVm, ExecutionMode},
};

/// Bytes of a program's heap.
const HEAP: usize = 32 * 1024;

/// A program, loaded and checked as when it is deployed.
pub struct Program {
    executable: Executable<Meter>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What the transaction's sender gets.
    pub result: Result<(), Failure>,
    /// Compute units, used up in any case.
    pub units: u64,
}

/// Why an instruction failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The program's own error.
    Program(Error),
    /// Anything else: the program was stopped.
    Machine(String),
}

impl Outcome {
    /// `valid` or the error's code; `stopped` when the machine ended the program.
    pub fn code(&self) -> &'static str {
        match &self.result {
            Ok(()) => "valid",
            Err(Failure::Program(error)) => error.code(),
            Err(Failure::Machine(_)) => "stopped",
        }
    }
}

/// What is left of the compute units, and the memory that syscalls may touch.
pub(crate) struct Meter {
    left: u64,
    pub(crate) memory: MemoryMapping,
}

impl ContextObject for Meter {
    fn consume(&mut self, amount: u64) {
        self.left = self.left.saturating_sub(amount);
    }

    fn get_remaining(&self) -> u64 {
        self.left
    }

    fn active_mapping_ptr(&mut self) -> NonNull<MemoryMapping> {
        NonNull::from_mut(&mut self.memory)
    }
}

impl Program {
    /// Loads an ELF file under the rules for deployment.
    ///
    /// # Errors
    /// What the loader or the verifier of instructions has against it.
    pub fn load(elf: &[u8]) -> Result<Self, String> {
        // As agave's `create_program_runtime_environment` sets it for deployments.
        let config = Config {
            reject_broken_elfs: true,
            optimize_rodata: false,
            enabled_sbpf_versions: SBPFVersion::V0..=SBPFVersion::V3,
            ..Config::default()
        };
        let mut loader = BuiltinProgram::new_loader(config);
        syscalls::register(&mut loader).map_err(|error| error.to_string())?;
        let executable = Executable::load(elf, Arc::new(loader)).map_err(|error| error.to_string())?;
        executable.verify::<RequisiteVerifier>().map_err(|error| error.to_string())?;
        Ok(Self { executable })
    }

    /// Runs the program with instruction data and no accounts, within `limit` compute units.
    pub fn run(&self, data: &[u8], limit: u64) -> Outcome {
        self.run_on(&input(0, data), limit)
    }

    /// Runs the program on what a loader passes: see [`input`].
    pub fn run_on(&self, input: &[u8], limit: u64) -> Outcome {
        let config = self.executable.get_config();
        let version = self.executable.get_sbpf_version();
        let mut stack = AlignedMemory::<{ ebpf::HOST_ALIGN }>::zero_filled(config.stack_size());
        let mut heap = AlignedMemory::<{ ebpf::HOST_ALIGN }>::zero_filled(HEAP);
        let mut input = AlignedMemory::<{ ebpf::HOST_ALIGN }>::from(input);
        let gap = if version.stack_frame_gaps() { config.stack_frame_size as u64 } else { 0 };
        let stack_length = stack.len();
        let regions = vec![
            self.executable.get_ro_region(),
            MemoryRegion::new_gapped(&mut stack, ebpf::MM_STACK_START, gap),
            MemoryRegion::new(&mut heap, ebpf::MM_HEAP_START),
            MemoryRegion::new(&mut input, ebpf::MM_INPUT_START),
        ];
        // SAFETY: the four regions outlive the machine below, and any bytes may be written to the last three.
        let memory = unsafe { MemoryMapping::new(regions, config, version) }.expect("regions do not overlap");
        let mut meter = Meter { left: limit, memory };
        let loader = Arc::clone(self.executable.get_loader());
        let mut machine = EbpfVm::new(loader, version, &mut meter, stack_length);
        machine.registers[1] = ebpf::MM_INPUT_START;
        let mut frames = vec![CallFrame::default(); config.max_call_depth];
        let (units, result) =
            machine.execute_program(&self.executable, &mut ExecutionMode::Interpreted, &mut frames);
        Outcome { result: explain(result), units }
    }
}

/// What a loader passes to a program: number of accounts (their text is left out: the program refuses any), instruction
/// data, the program's address.
pub fn input(accounts: u64, data: &[u8]) -> Vec<u8> {
    let mut input = accounts.to_le_bytes().to_vec();
    input.extend((data.len() as u64).to_le_bytes());
    input.extend(data);
    input.extend([0x70; 32]);
    input
}

fn explain(result: ProgramResult) -> Result<(), Failure> {
    match result {
        ProgramResult::Ok(0) => Ok(()),
        ProgramResult::Ok(number) => {
            let error = u32::try_from(number).ok().and_then(Error::from_number);
            Err(error.map_or(Failure::Machine(format!("returned {number:#x}")), Failure::Program))
        }
        ProgramResult::Err(error) => Err(Failure::Machine(error.to_string())),
    }
}
