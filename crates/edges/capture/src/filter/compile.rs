//! Expressions to classic BPF (McCanne and Jacobson 1993; Linux `Documentation/networking/filter.rst`).
//!
//! Every expression leaves 0 or 1 in the accumulator; intermediate results wait in the scratch memory. So no jump
//! leaves its test, and none can be too far.

use super::{Check, Comparison, Expression, FilterError, Load, Width};

/// A program for the kernel's packet filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program(Vec<Instruction>);

/// One instruction, in the kernel's layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) code: u16,
    pub(crate) jump_true: u8,
    pub(crate) jump_false: u8,
    pub(crate) operand: u32,
}

/// Instruction codes: class, size, mode, source.
pub(crate) mod code {
    pub(crate) const LD_WORD_ABSOLUTE: u16 = 0x20;
    pub(crate) const LD_HALF_ABSOLUTE: u16 = 0x28;
    pub(crate) const LD_BYTE_ABSOLUTE: u16 = 0x30;
    pub(crate) const LD_WORD_INDIRECT: u16 = 0x40;
    pub(crate) const LD_HALF_INDIRECT: u16 = 0x48;
    pub(crate) const LD_BYTE_INDIRECT: u16 = 0x50;
    pub(crate) const LD_IMMEDIATE: u16 = 0x00;
    pub(crate) const LD_MEMORY: u16 = 0x60;
    pub(crate) const LD_LENGTH: u16 = 0x80;
    pub(crate) const LDX_MEMORY: u16 = 0x61;
    pub(crate) const ST: u16 = 0x02;
    pub(crate) const ADD_X: u16 = 0x0c;
    pub(crate) const OR_X: u16 = 0x4c;
    pub(crate) const AND_X: u16 = 0x5c;
    pub(crate) const AND_CONSTANT: u16 = 0x54;
    pub(crate) const XOR_CONSTANT: u16 = 0xa4;
    pub(crate) const SHIFT_LEFT_CONSTANT: u16 = 0x64;
    pub(crate) const TAX: u16 = 0x07;
    pub(crate) const JUMP: u16 = 0x05;
    pub(crate) const JUMP_EQUAL: u16 = 0x15;
    pub(crate) const JUMP_GREATER: u16 = 0x25;
    pub(crate) const JUMP_AT_LEAST: u16 = 0x35;
    pub(crate) const RETURN_A: u16 = 0x16;
}

/// Negative offsets reach what the kernel knows beside the bytes (`SKF_AD_OFF` + `SKF_AD_VLAN_TAG...`).
pub(crate) const VLAN_TAG: u32 = 0xffff_f000 + 44;
pub(crate) const VLAN_PRESENT: u32 = 0xffff_f000 + 48;

/// Scratch memory: what the prologue found, then waiting results.
const ETHER_TYPE: u32 = 0;
const NETWORK: u32 = 1;
const TAGS: u32 = 2;
const WAITING: u32 = 3;
/// Cells of scratch memory (`BPF_MEMWORDS`).
pub(crate) const CELLS: u32 = 16;
/// What an accepted frame returns: all of it.
const WHOLE: u32 = 0x0004_0000;

impl Program {
    pub(crate) fn compile(expression: &Expression) -> Result<Self, FilterError> {
        let mut program = Self(Vec::new());
        program.prologue();
        program.expression(expression, WAITING)?;
        // 1 becomes the whole frame, 0 stays nothing.
        program.add(code::SHIFT_LEFT_CONSTANT, WHOLE.trailing_zeros());
        program.add(code::RETURN_A, 0);
        Ok(program)
    }

    /// How many instructions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn instructions(&self) -> &[Instruction] {
        &self.0
    }

    fn add(&mut self, code: u16, operand: u32) {
        self.0.push(Instruction { code, jump_true: 0, jump_false: 0, operand });
    }

    fn jump(&mut self, code: u16, operand: u32, jump_true: u8, jump_false: u8) {
        self.0.push(Instruction { code, jump_true, jump_false, operand });
    }

    /// Finds the type and the network header behind up to two VLAN tags.
    fn prologue(&mut self) {
        self.found(12, 0);
        for (tags, at) in [(1, 16), (2, 20)] {
            self.add(code::LD_MEMORY, ETHER_TYPE);
            // A tag: on to the next type; no tag: over what `found` adds.
            self.jump(code::JUMP_EQUAL, 0x8100, 2, 0);
            self.jump(code::JUMP_EQUAL, 0x88a8, 1, 0);
            self.jump(code::JUMP_EQUAL, 0x9100, 0, FOUND);
            self.found(at, tags);
        }
    }

    /// Notes that the type stands at `at`, behind so many tags.
    fn found(&mut self, at: u32, tags: u32) {
        self.add(code::LD_HALF_ABSOLUTE, at);
        self.add(code::ST, ETHER_TYPE);
        self.add(code::LD_IMMEDIATE, at + 2);
        self.add(code::ST, NETWORK);
        self.add(code::LD_IMMEDIATE, tags);
        self.add(code::ST, TAGS);
    }

    /// Leaves 0 or 1 in the accumulator; cells from `cell` on are free.
    fn expression(&mut self, expression: &Expression, cell: u32) -> Result<(), FilterError> {
        match expression {
            Expression::And(a, b) => self.pair(a, b, code::AND_X, cell),
            Expression::Or(a, b) => self.pair(a, b, code::OR_X, cell),
            Expression::Not(inner) => {
                self.expression(inner, cell)?;
                self.add(code::XOR_CONSTANT, 1);
                Ok(())
            }
            Expression::Test(checks) => {
                self.test(checks);
                Ok(())
            }
        }
    }

    fn pair(&mut self, a: &Expression, b: &Expression, join: u16, cell: u32) -> Result<(), FilterError> {
        if cell >= CELLS {
            let what = "parentheses are nested too deep for the kernel's filter".to_owned();
            return Err(FilterError { column: 1, what });
        }
        self.expression(a, cell)?;
        self.add(code::ST, cell);
        self.expression(b, cell + 1)?;
        self.add(code::LDX_MEMORY, cell);
        self.add(join, 0);
        Ok(())
    }

    /// All checks in a row; the first that fails jumps to the 0 behind the 1.
    fn test(&mut self, checks: &[Check]) {
        let codes: Vec<Vec<Instruction>> = checks.iter().map(|check| Self::loading(*check).0).collect();
        let mut rest: usize = codes.iter().map(|code| code.len() + 1).sum();
        for (check, code) in checks.iter().zip(codes) {
            rest -= code.len() + 1;
            self.0.extend(code);
            // Behind the remaining checks stand `ld #1` and `ja 1`; the 0 is after them.
            let fails = u8::try_from(rest + 2).unwrap_or(u8::MAX);
            match check.comparison {
                Comparison::Equal => self.jump(code::JUMP_EQUAL, check.value, 0, fails),
                Comparison::AtLeast => self.jump(code::JUMP_AT_LEAST, check.value, 0, fails),
                Comparison::AtMost => self.jump(code::JUMP_GREATER, check.value, fails, 0),
            }
        }
        self.add(code::LD_IMMEDIATE, 1);
        self.add(code::JUMP, 1);
        self.add(code::LD_IMMEDIATE, 0);
    }

    /// Loads what a check compares.
    fn loading(check: Check) -> Self {
        let mut program = Self(Vec::new());
        match check.load {
            Load::EtherType => program.add(code::LD_MEMORY, ETHER_TYPE),
            Load::VlanTags => {
                program.add(code::LDX_MEMORY, TAGS);
                program.add(code::LD_BYTE_ABSOLUTE, VLAN_PRESENT);
                program.add(code::ADD_X, 0);
            }
            Load::VlanId => program.vlan_id(),
            Load::Frame(offset, width) => program.add(width.absolute(), offset),
            Load::Network(offset, width) => {
                program.add(code::LDX_MEMORY, NETWORK);
                program.add(width.indirect(), offset);
            }
            Load::AfterIpv4(offset, width) => {
                program.add(code::LDX_MEMORY, NETWORK);
                program.add(code::LD_BYTE_INDIRECT, 0);
                program.add(code::AND_CONSTANT, 0xf);
                program.add(code::SHIFT_LEFT_CONSTANT, 2);
                program.add(code::ADD_X, 0);
                program.add(code::TAX, 0);
                program.add(width.indirect(), offset);
            }
            Load::Length => program.add(code::LD_LENGTH, 0),
        }
        if check.mask != u32::MAX {
            program.add(code::AND_CONSTANT, check.mask);
        }
        program
    }

    /// The tag that the kernel took off, else the first in the frame, else a number that is none.
    fn vlan_id(&mut self) {
        self.add(code::LD_BYTE_ABSOLUTE, VLAN_PRESENT);
        self.jump(code::JUMP_EQUAL, 0, 3, 0);
        self.add(code::LD_HALF_ABSOLUTE, VLAN_TAG);
        self.add(code::AND_CONSTANT, 0xfff);
        self.add(code::JUMP, 6);
        self.add(code::LD_MEMORY, TAGS);
        self.jump(code::JUMP_EQUAL, 0, 3, 0);
        self.add(code::LD_HALF_ABSOLUTE, 14);
        self.add(code::AND_CONSTANT, 0xfff);
        self.add(code::JUMP, 1);
        self.add(code::LD_IMMEDIATE, u32::MAX);
    }
}

/// Instructions of [`Program::found`].
const FOUND: u8 = 6;

impl Width {
    const fn absolute(self) -> u16 {
        match self {
            Self::Byte => code::LD_BYTE_ABSOLUTE,
            Self::Half => code::LD_HALF_ABSOLUTE,
            Self::Word => code::LD_WORD_ABSOLUTE,
        }
    }

    const fn indirect(self) -> u16 {
        match self {
            Self::Byte => code::LD_BYTE_INDIRECT,
            Self::Half => code::LD_HALF_INDIRECT,
            Self::Word => code::LD_WORD_INDIRECT,
        }
    }
}
