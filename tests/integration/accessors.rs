//! Accessors of `S`, which has C's bit-fields a:4, b:4, c:4 (signed), e:2, f:1 and g:17 in a word.
//!
//! Each case begins with the verdict on it, its name, and if it is unchecked with the reason.

//= agrees: by value
impl S { pub fn a(self) -> u32 { self.v & 15 } }
//= agrees: a const fn
impl S { pub const fn b(&self) -> u32 { self.v>>4 & 15 } }
//= agrees: by mutable reference
impl S { pub fn b(&mut self) -> u32 { self.v>>4 & 15 } }
//= agrees: of a parameter that is no self
impl S { pub fn b(this: &Self) -> u32 { this.v>>4 & 15 } }
//= agrees: by pointer
impl S { pub unsafe fn b(this: *const Self) -> u32 { unsafe { (*this).v>>4 & 15 } } }
//= agrees: bindgen's raw getter
impl S { pub unsafe fn b_raw(this: *const Self) -> u32 { unsafe { (*this).v>>4 & 15 } } }
//= agrees: pinned
impl S { pub fn b(self: core::pin::Pin<&mut Self>) -> u32 { self.v>>4 & 15 } }
//= agrees: of a trait
pub trait T { fn b(&self) -> u32; }
impl T for S { fn b(&self) -> u32 { self.v>>4 & 15 } }
//= agrees: of a trait that nobody else can name
trait T { fn b(&self) -> u32; }
impl T for S { fn b(&self) -> u32 { self.v>>4 & 7 } }
//= agrees: an enum by transmute
#[repr(u8)] pub enum E { A, B, C, D }
impl S { pub fn e(&self) -> E { unsafe { core::mem::transmute((self.v >> 12 & 3) as u8) } } }
//= agrees: an enum by match
#[repr(u8)] pub enum E { A, B, C, D }
impl S { pub fn e(&self) -> E { match self.v >> 12 & 3 { 0 => E::A, 1 => E::B, 2 => E::C, _ => E::D } } }
//= agrees: an option of a bool
impl S { pub fn f(&self) -> Option<bool> { Some(self.v >> 14 & 1 != 0) } }
//= agrees: signed
impl S { pub fn c(&self) -> i32 { (self.v << 20) as i32 >> 28 } }
//= agrees: get_
impl S { pub fn get_a(&self) -> u32 { self.v & 15 } }
//= agrees: with_ and a closure
impl S { pub fn with_a<F: FnOnce()>(&self, f: F) { f() } }
//= agrees: an assignment
impl S { pub fn set_b(&mut self, x: u32) { self.v = self.v & !0xf0 | (x & 15) << 4 } }
//= agrees: a flag by if and else
impl S { pub fn set_f(&mut self, x: bool) { if x { self.v |= 1 << 14 } else { self.v &= !(1 << 14) } } }
//= agrees: a setter that asserts
impl S { pub fn set_b(&mut self, x: u32) { assert!(x < 16); self.v = self.v & !0xf0 | x << 4 } }
//= agrees: a setter that returns an error
impl S { pub fn set_b(&mut self, x: u32) -> Result<(), u32> { if x > 15 { return Err(x) } self.v = self.v & !0xf0 | x << 4; Ok(()) } }
//= agrees: a setter that ignores what is too wide
impl S { pub fn set_b(&mut self, x: u32) { if x > 15 { return } self.v = self.v & !0xf0 | x << 4; } }
//= agrees: a narrow value that is extended
impl S { pub fn set_g(&mut self, x: u8) { self.v = self.v & 0x7fff | (x as u32) << 15; } }
//= agrees: a signed setter
impl S { pub fn set_c(&mut self, x: i32) { self.v = self.v & !0xf00 | (x as u32 & 15) << 8; } }
//= agrees: a signed setter that asserts
impl S { pub fn set_c(&mut self, x: i32) { assert!(x >= -8 && x < 8); self.v = self.v & !0xf00 | (x as u32 & 15) << 8; } }
//= agrees: a builder
impl S { pub fn set_b(self, x: u32) -> Self { S { v: self.v & !0xf0 | (x & 15) << 4 } } }
//= agrees: a builder called with_
impl S { pub fn with_b(mut self, x: u32) -> S { self.v = self.v & !0xf0 | (x & 15) << 4; self } }
//= agrees: a setter of the field's own name
impl S { pub fn b(&mut self, x: u32) { self.v = self.v & !0xf0 | (x & 15) << 4; } }
//= agrees: bindgen's raw setter
impl S { pub unsafe fn set_b_raw(this: *mut Self, x: u32) { unsafe { (*this).v = (*this).v & !0xf0 | (x & 15) << 4; } } }
//= agrees: an enum of fewer values
#[repr(u8)] #[derive(Clone,Copy)] pub enum E { A, B, C }
impl S { pub fn set_e(&mut self, x: E) { self.v = self.v & !(3<<12) | (x as u32) << 12; } }
//= agrees: an enum of half as many bits
#[repr(u8)] #[derive(Clone,Copy)] pub enum E { A, B }
impl S { pub fn set_e(&mut self, x: E) { self.v = self.v & !(3<<12) | (x as u32) << 12; } }
//= agrees: an assignment by XOR
impl S { pub fn set_b(&mut self, x: u32) { self.v ^= (self.v ^ x << 4) & 0xf0 } }
//= agrees: an assignment bit by bit
impl S { pub fn set_b(&mut self, x: u32) { for n in 0..4 { if x >> n & 1 != 0 { self.v |= 1 << (n+4) } else { self.v &= !(1 << (n+4)) } } } }
//= agrees: an assignment by a sum
impl S { pub fn set_b(&mut self, x: u32) { self.v = (self.v & !0xf0).wrapping_add((x & 15) << 4) } }
//= agrees: an assignment by a product
impl S { pub fn set_b(&mut self, x: u32) { self.v = (self.v & !0xf0) | (x & 15) * 16 } }
//= agrees: an assignment by a function that is private
fn put(v: u32, x: u32, at: u32, n: u32) -> u32 { let m = (1 << n) - 1; v & !(m << at) | (x & m) << at }
impl S { pub fn set_b(&mut self, x: u32) { self.v = put(self.v, x, 4, 4) }
pub fn set_a(&mut self, x: u32) { self.v = put(self.v, x, 0, 4) } }
//= agrees: a value that is wider than the record
impl S { pub fn set_a(&mut self, x: u64) { self.v = self.v & !15 | x as u32 & 15 } }
//= differs: a getter that clears bits
impl S { pub fn b(&mut self) -> u32 { let x = self.v>>4 & 15; self.v &= !15; x } }
//= differs: bindgen's raw getter of the bits beside
impl S { pub unsafe fn b_raw(this: *const Self) -> u32 { unsafe { (*this).v>>5 & 15 } } }
//= differs: of a trait, too narrow
pub trait T { fn b(&self) -> u32; }
impl T for S { fn b(&self) -> u32 { self.v>>4 & 7 } }
//= differs: provided by a trait, too narrow
pub trait T { fn v(&self) -> u32; fn b(&self) -> u32 { self.v() >>4 & 7 } }
impl T for S { fn v(&self) -> u32 { self.v } }
//= differs: with a lifetime, too narrow
impl S { pub fn b<'a>(&'a self) -> u32 { self.v>>4 & 7 } }
//= differs: a newtype, too narrow
#[repr(transparent)] pub struct N(u16); impl S { pub fn g(&self) -> N { N((self.v >> 15) as u16) } }
//= differs: signed on the way only
impl S { pub fn c(&self) -> i32 { ((self.v >> 4) as i8 >> 4) as u8 as i32 } }
//= differs: a setter that only ORs
impl S { pub fn set_b(&mut self, x: u32) { self.v |= (x & 15) << 4 } }
//= differs: a setter of a flag that only ORs
impl S { pub fn set_f(&mut self, x: bool) { self.v |= (x as u32) << 14 } }
//= differs: a flag that is only set
impl S { pub fn set_f(&mut self, x: bool) { if x { self.v |= 1 << 14 } } }
//= differs: a setter that spills
impl S { pub fn set_b(&mut self, x: u32) { self.v = self.v & !0xf0 | x << 4 } }
//= differs: a setter that clears too little
impl S { pub fn set_b(&mut self, x: u32) { self.v = self.v & !0x70 | (x & 15) << 4 } }
//= differs: a setter that clears too much
impl S { pub fn set_b(&mut self, x: u32) { self.v = self.v & !0x1f0 | (x & 15) << 4 } }
//= differs: a setter that asserts too much
impl S { pub fn set_b(&mut self, x: u32) { assert!(x < 8); self.v = self.v & !0xf0 | x << 4 } }
//= differs: a setter that asserts too little
impl S { pub fn set_b(&mut self, x: u32) { assert!(x < 32); self.v = self.v & !0xf0 | x << 4 } }
//= differs: a narrow value that is not extended
impl S { pub fn set_g(&mut self, x: u8) { self.v = self.v & !(0xff << 15) | (x as u32) << 15; } }
//= differs: a byte that spills
impl S { pub fn set_b(&mut self, x: u8) { self.v = self.v & !0xf0 | (x as u32) << 4; } }
//= differs: a signed setter that refuses what is below zero
impl S { pub fn set_c(&mut self, x: i32) { assert!(x >= 0 && x < 8); self.v = self.v & !0xf00 | (x as u32 & 15) << 8; } }
//= differs: a signed setter that spills
impl S { pub fn set_c(&mut self, x: i32) { self.v = self.v & !0xf00 | (x as u32) << 8; } }
//= differs: a builder by reference, too narrow
impl S { pub fn set_b(&mut self, x: u32) -> &mut Self { self.v = self.v & !0xf0 | (x & 7) << 4; self } }
//= differs: bindgen's raw setter, too narrow
impl S { pub unsafe fn set_b_raw(this: *mut Self, x: u32) { unsafe { (*this).v = (*this).v & !0xf0 | (x & 7) << 4; } } }
//= differs: an enum of more values
#[repr(u8)] #[derive(Clone,Copy)] pub enum E { A, B, C, D, X=4 }
impl S { pub fn set_e(&mut self, x: E) { self.v = self.v & !(3<<12) | (x as u32) << 12; } }
//= differs: a newtype, ORed
pub struct U4(u8); impl S { pub fn set_b(&mut self, x: U4) { self.v = self.v | (x.0 as u32) << 4; } }
//= differs: a setter that does nothing
impl S { pub fn set_b(&mut self, x: u32) { } }
//= differs: a setter that toggles
impl S { pub fn set_f(&mut self, x: bool) { self.v ^= (x as u32) << 14 } }
//= indeterminate: of a trait with parameters: rustc: missing generics for trait
pub trait T<X> { fn b(&self) -> X; }
impl T<u32> for S { fn b(&self) -> u32 { self.v>>4 & 7 } }
//= indeterminate: with type parameters: it has type parameters
impl S { pub fn b<X: From<u32>>(&self) -> X { X::from(self.v>>4 & 7) } }
//= indeterminate: an enum that may panic: it panics for some records
#[repr(u8)] pub enum E { A, B, C }
impl S { pub fn e(&self) -> E { match self.v >> 12 & 3 { 0 => E::A, 1 => E::B, 2 => E::C, _ => panic!() } } }
//= indeterminate: of a bit-field's name, with other parameters: it takes 2 values
impl S { pub fn a(&self, n: u32, m: u32) -> u32 { self.v } }
//= indeterminate: without a record: it does not take the record
impl S { pub fn a() -> u32 { 3 } }
//= indeterminate: inverted: it does more than copy bits
impl S { pub fn f(&self) -> bool { self.v & 0x4000 == 0 } }
//= indeterminate: get_ of too few bits: and its name may mean something else
impl S { pub fn get_a(&self) -> u32 { self.v & 7 } }
//= indeterminate: a setter that clamps: it writes more than a copy of the value's bits
impl S { pub fn set_b(&mut self, x: u32) { self.v = self.v & !0xf0 | x.min(15) << 4; } }
//= indeterminate: a builder called with_, too narrow: and its name may mean something else
impl S { pub fn with_b(mut self, x: u32) -> S { self.v = self.v & !0xf0 | (x & 7) << 4; self } }
//= indeterminate: a setter of the field's own name, too narrow: and its name may mean something else
impl S { pub fn b(&mut self, x: u32) { self.v = self.v & !0xf0 | (x & 7) << 4; } }
//= indeterminate: a newtype that may have rules: and its type may have no values of more bits
pub struct U4(u8); impl U4 { pub fn new(x: u8) -> U4 { assert!(x<16); U4(x) } }
impl S { pub fn set_b(&mut self, x: U4) { self.v = self.v & !0xf0 | (x.0 as u32) << 4; } }
//= indeterminate: a setter with type parameters: it has type parameters
impl S { pub fn set_b(&mut self, x: impl Into<u32>) { self.v = x.into() } }
//= indeterminate: a setter without a value: it takes no value
impl S { pub fn set_f(&mut self) { self.v |= 1<<14 } }
//= agrees: a narrow value with a sign that is extended
impl S { pub fn set_g(&mut self, x: i8) { self.v = self.v & 0x7fff | (x as u32) << 15; } }
//= agrees: a constructor
impl S { pub const fn new(a: u32, b: u32, c: i32, e: u8, f: bool, g: u32) -> Self { S { v: a & 15 | (b & 15) << 4 | (c as u32 & 15) << 8 | (e as u32 & 3) << 12 | (f as u32) << 14 | g << 15 } } }
//= agrees: a constructor with some bit-fields, and others
impl S { pub fn from_parts(lowest: u32, b: u32) -> S { S { v: lowest & 15 | (b & 15) << 4 } } }
//= agrees: a constructor whose parameters are no bit-fields
impl S { pub fn new(x: u32, y: u32) -> S { S { v: x | y << 3 } } }
//= agrees: a constructor that asserts
impl S { pub fn new(a: u32, b: u32, c: i32) -> Self { assert!(a < 16 && b < 16); assert!(c >= -8 && c < 8); S { v: a | b << 4 | (c as u32 & 15) << 8 } } }
//= agrees: a constructor that returns nothing where a value does not fit
impl S { pub fn new(a: u32, b: u32) -> Option<Self> { if a > 15 || b > 15 { return None } Some(S { v: a | b << 4 }) } }
//= agrees: a constructor that returns an error where a value does not fit
impl S { pub fn new(a: u32, b: u32) -> Result<Self, &'static str> { if a > 15 || b > 15 { return Err("wide") } Ok(S { v: a | b << 4 }) } }
//= agrees: a constructor of narrow values
impl S { pub fn new(a: bool, c: i8, g: u8) -> Self { S { v: a as u32 | (c as u32 & 15) << 8 | (g as u32) << 15 } } }
//= agrees: a constructor of a narrow value with a sign
impl S { pub fn new(g: i8) -> Self { S { v: (g as u32) << 15 } } }
//= agrees: a constructor of an enum
#[repr(u8)] #[derive(Clone,Copy)] pub enum E { A, B, C }
impl S { pub fn new(e: E, f: bool) -> Self { S { v: (e as u32) << 12 | if f { 1 << 14 } else { 0 } } } }
//= agrees: a constructor that sets other bits
impl S { pub fn new(a: u32) -> Self { S { v: a & 15 | 0xf0 } } }
//= agrees: a constructor of a trait
pub trait T { fn make(a: u32, b: u32) -> Self; }
impl T for S { fn make(a: u32, b: u32) -> S { S { v: a & 15 | (b & 15) << 4 } } }
//= agrees: a constructor by setters
impl S { pub fn new(a: u32, b: u32) -> Self { let mut s = S { v: 0 }; s.set_a(a); s.set_b(b); s }
fn set_a(&mut self, x: u32) { self.v = self.v & !15 | x & 15 } fn set_b(&mut self, x: u32) { self.v = self.v & !0xf0 | (x & 15) << 4 } }
//= differs: a constructor that mixes two up
impl S { pub fn new(a: u32, b: u32) -> Self { S { v: b & 15 | (a & 15) << 4 } } }
//= differs: a constructor that shifts too far
impl S { pub fn new(a: u32, g: u32) -> Self { S { v: a & 15 | g << 16 } } }
//= differs: a constructor that spills
impl S { pub fn new(a: u32, b: u32) -> Self { S { v: a | (b & 15) << 4 } } }
//= differs: a constructor that spills to where no other is
impl S { pub fn new(b: u32) -> Self { S { v: b << 4 } } }
//= differs: a constructor that leaves one out
impl S { pub fn new(a: u32, b: u32) -> Self { S { v: a & 15 } } }
//= differs: a constructor that asserts too much
impl S { pub fn new(a: u32, b: u32) -> Self { assert!(a < 8); S { v: a | (b & 15) << 4 } } }
//= differs: a constructor that asserts too little
impl S { pub fn new(a: u32, b: u32) -> Option<Self> { if a > 31 { return None } Some(S { v: a | (b & 15) << 4 }) } }
//= differs: a constructor that sets bits of a narrow value's field
impl S { pub fn new(g: u8) -> Self { S { v: (g as u32 | 0x100) << 15 } } }
//= differs: a constructor that writes one twice
impl S { pub fn new(a: u32) -> Self { S { v: (a & 15) * 17 } } }
//= differs: a constructor of another's bits beside a right getter
impl S { pub fn a(&self) -> u32 { self.v & 15 } pub fn new(a: u32) -> Self { S { v: (a & 15) << 1 } } }
//= indeterminate: a constructor that clamps: the constructor new of b could not be checked: it writes more than a copy of the value's bits
impl S { pub fn new(a: u32, b: u32) -> Self { S { v: a & 15 | b.min(15) << 4 } } }
//= indeterminate: a constructor that makes zeros of what does not fit
impl S { pub fn new(a: u32, b: u32) -> Self { if a > 15 || b > 15 { return S { v: 0 } } S { v: a | b << 4 } } }
//= indeterminate: a constructor that refuses a sum: which values it refuses depends on several at once
impl S { pub fn new(a: u32, b: u32) -> Self { assert!((a & 15) + (b & 15) < 16); S { v: a & 15 | (b & 15) << 4 } } }
//= indeterminate: a constructor with type parameters: it has type parameters
impl S { pub fn new<X: Into<u32>>(a: X, b: u32) -> Self { S { v: a.into() & 15 } } }
//= indeterminate: a constructor of what is no integer: b is no integer
impl S { pub fn new(a: u32, b: [u8; 3]) -> Self { S { v: a & 15 | (b[0] as u32 & 15) << 4 } } }
//= indeterminate: a constructor of a newtype that may have rules: and its type may have no values of more bits
pub struct U4(u8); impl S { pub fn new(b: U4) -> Self { S { v: (b.0 as u32) << 4 } } }
