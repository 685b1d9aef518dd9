//! What a source file contains, by its syntax tree.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Visibility};

/// Figures of one file.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Path from the root.
    pub(crate) path: PathBuf,
    /// Lines outside test modules.
    pub(crate) lines: usize,
    /// Name and lines of every function outside tests.
    pub(crate) functions: Vec<(String, usize)>,
    /// Public items outside tests.
    pub(crate) public: usize,
    /// Of these documented.
    pub(crate) documented: usize,
    /// Names of those that are not.
    pub(crate) undocumented: Vec<String>,
    /// Lines with indexing or slicing.
    pub(crate) indexing: Vec<usize>,
    /// Lines with `as`.
    pub(crate) casts: Vec<usize>,
    /// Lines with `unwrap` or `expect`.
    pub(crate) unwraps: Vec<usize>,
    /// Lines with `unsafe`.
    pub(crate) unsafes: Vec<usize>,
    /// Whether it opens with `//!`.
    pub(crate) has_head: bool,
}

/// Reads a file.
pub(crate) fn read(root: &Path, path: &Path) -> Result<Figures> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let tree = syn::parse_file(&text).with_context(|| format!("cannot parse {}", path.display()))?;
    let relative = path.strip_prefix(root).unwrap_or(path).to_path_buf();
    let mut figures = Figures { path: relative, has_head: text.starts_with("//!"), ..Figures::default() };
    let mut reader = Reader { figures: &mut figures, test_lines: 0 };
    reader.visit_file(&tree);
    let test_lines = reader.test_lines;
    figures.lines = text.lines().count().saturating_sub(test_lines);
    Ok(figures)
}

struct Reader<'f> {
    figures: &'f mut Figures,
    test_lines: usize,
}

impl Reader<'_> {
    fn function(&mut self, name: &str, span: Span) {
        self.figures.functions.push((name.to_owned(), lines(span)));
    }

    fn item(&mut self, visibility: &Visibility, attributes: &[Attribute], name: &str) {
        if matches!(visibility, Visibility::Public(_)) {
            self.figures.public += 1;
            if attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
                self.figures.documented += 1;
            } else {
                self.figures.undocumented.push(name.to_owned());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if is_test(&item.attrs) {
            self.test_lines += item.content.as_ref().map_or(0, |_| lines(item.span()));
            return;
        }
        if item.content.is_some() {
            self.item(&item.vis, &item.attrs, &item.ident.to_string());
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if is_test(&item.attrs) {
            return;
        }
        self.function(&item.sig.ident.to_string(), item.span());
        self.item(&item.vis, &item.attrs, &item.sig.ident.to_string());
        if item.sig.unsafety.is_some() {
            self.figures.unsafes.push(line(item.span()));
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig.ident.to_string(), item.span());
        self.item(&item.vis, &item.attrs, &item.sig.ident.to_string());
        if item.sig.unsafety.is_some() {
            self.figures.unsafes.push(line(item.span()));
        }
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if item.default.is_some() {
            self.function(&item.sig.ident.to_string(), item.span());
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.item(&item.vis, &item.attrs, &item.ident.to_string());
        visit::visit_item_struct(self, item);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if let Some(name) = &field.ident {
            self.item(&field.vis, &field.attrs, &name.to_string());
        }
        visit::visit_field(self, field);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.item(&item.vis, &item.attrs, &item.ident.to_string());
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.item(&item.vis, &item.attrs, &item.ident.to_string());
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.item(&item.vis, &item.attrs, &item.ident.to_string());
        visit::visit_item_type(self, item);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.item(&item.vis, &item.attrs, &item.ident.to_string());
        visit::visit_item_const(self, item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.item(&item.vis, &item.attrs, &item.ident.to_string());
        visit::visit_item_static(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if is_test(&item.attrs) {
            return;
        }
        if item.unsafety.is_some() {
            self.figures.unsafes.push(line(item.span()));
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_expr_index(&mut self, index: &'ast syn::ExprIndex) {
        self.figures.indexing.push(line(index.span()));
        visit::visit_expr_index(self, index);
    }

    fn visit_expr_cast(&mut self, cast: &'ast syn::ExprCast) {
        self.figures.casts.push(line(cast.span()));
        visit::visit_expr_cast(self, cast);
    }

    fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
        self.figures.unsafes.push(line(block.span()));
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "unwrap" || call.method == "expect" {
            self.figures.unwraps.push(line(call.span()));
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

fn lines(span: Span) -> usize {
    span.end().line.saturating_sub(span.start().line) + 1
}

fn line(span: Span) -> usize {
    span.start().line
}
