//! The heap, and the most that was ever allocated at once.

use core::{
    alloc::{GlobalAlloc, Layout},
    ptr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use embedded_alloc::LlffHeap;

struct Counted {
    heap: LlffHeap,
    peak: AtomicUsize,
}

#[global_allocator]
static HEAP: Counted = Counted { heap: LlffHeap::empty(), peak: AtomicUsize::new(0) };

// SAFETY: all calls go to the heap of embedded-alloc; counting changes nothing.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let pointer = unsafe { self.heap.alloc(layout) };
        self.peak.fetch_max(self.heap.used(), Relaxed);
        pointer
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { self.heap.dealloc(pointer, layout) }
    }
}

/// Gives the heap the memory behind the image's variables.
pub fn start() {
    unsafe extern "C" {
        static _heap_end: u32;
    }
    let start = cortex_m_rt::heap_start() as usize;
    let end = ptr::addr_of!(_heap_end) as usize;
    // SAFETY: called once, before anything is allocated; the linker script leaves this memory to nobody else.
    unsafe { HEAP.heap.init(start, end - start) }
}

/// Begins to count anew.
pub fn reset() {
    HEAP.peak.store(HEAP.heap.used(), Relaxed);
}

/// The most bytes allocated at once since [`reset`].
pub fn peak() -> usize {
    HEAP.peak.load(Relaxed)
}
