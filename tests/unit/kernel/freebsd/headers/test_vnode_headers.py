"""vnode_headers.py: vnode operations give three headers, without white space, or errors."""

from __future__ import annotations

import re
import time

import pytest

from layoutcheck.errors import HeaderTreeError
from layoutcheck.kernel.freebsd.headers.vnode_headers import render_vnode_headers

SOURCE = """
# A comment.

%% open\tvp\tL L L
%! open\tpre\tvop_open_pre

vop_open {
\tIN WILLRELE struct vnode *vp;
\tOUT struct file **fpp;\t/* of the caller's */
\tINOUT  unsigned   long flags ;
};
"""


def rendered(text: str, *, has_registered: bool = True) -> dict[str, list[str]]:
    """The tokens of each header."""
    headers = render_vnode_headers(text, path="vnode_if.src", has_registered=has_registered)
    return {name: words(header) for name, header in headers.items()}


def words(text: str) -> list[str]:
    """Return the approximate C tokens."""
    return re.findall(r"\w+|[^\w\s]", text)


def test_the_headers_to_the_last_token() -> None:
    """The headers have the arguments, the vector, and the types of the vector's functions."""
    headers = rendered(SOURCE)
    assert headers["vnode_if_typedef.h"] == words(
        "struct vop_open_args; typedef int vop_open_t(struct vop_open_args *);"
    )
    assert headers["vnode_if_newproto.h"] == words("""
        struct vop_vector {
            struct vop_vector *vop_default;
            vop_bypass_t *vop_bypass;
            vop_open_t *vop_open;
            bool registered;
        };
    """)
    assert headers["vnode_if.h"] == words("""
        extern struct vnodeop_desc vop_default_desc;
        #include "vnode_if_typedef.h"
        #include "vnode_if_newproto.h"
        struct vop_open_args {
            struct vop_generic_args a_gen;
            struct vnode *a_vp;
            struct file **a_fpp;
            unsigned long a_flags;
        };
        extern struct vnodeop_desc vop_open_desc;
        int VOP_OPEN_AP(struct vop_open_args *);
        int VOP_OPEN_APV(struct vop_vector *vop, struct vop_open_args *);
        static __inline int
        VOP_OPEN(struct vnode *vp, struct file **fpp, unsigned long flags)
        {
            struct vop_open_args a;
            a.a_gen.a_desc = &vop_open_desc;
            a.a_vp = vp;
            a.a_fpp = fpp;
            a.a_flags = flags;
            return (VOP_OPEN_APV(vp->v_op, &a));
        }
        void vfs_vector_op_register(struct vop_vector *orig_vop);
    """)


def test_a_vector_of_12_is_not_registered() -> None:
    """A vector of 12 has no member and no function for registration."""
    headers = rendered(SOURCE, has_registered=False)
    assert "registered" not in headers["vnode_if_newproto.h"]
    assert "vfs_vector_op_register" not in headers["vnode_if.h"]


def test_operations_stay_in_their_order() -> None:
    """Operations keep their order, because the vector's layout depends on it."""
    text = "".join(f"vop_{name} {{\n\tIN struct vnode *vp;\n}};\n" for name in ("c", "a", "b"))
    vector = rendered(text)["vnode_if_newproto.h"]
    places = [vector.index(f"vop_{name}_t") for name in ("c", "a", "b")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("\nvop_open\n{", 2, "'vop_open' begins no vnode operation"),
        ("Vop {", 1, "'Vop {' begins no vnode operation"),
        ("vop_open {\n", 1, "vop_open has no end"),
        ("vop_open {\n};", 1, "vop_open has no parameter"),
        ("vop_open {\n\tstruct vnode *vp;\n};", 2, "is no parameter such as"),
        ("vop_open {\n\tIN struct vnode *vp\n};", 2, "is no parameter such as"),
        ("vop_open {\n\tIN struct vnode *;\n};", 2, "is no parameter such as"),
        ("vop_open {\n\tIN vp;\n};", 2, "is no parameter such as"),
        ("vop_open {\n\tIN ;\n};", 2, "is no parameter such as"),
        ("vop_open {\n\tIN\n};", 2, "is no parameter such as"),
    ],
)
def test_what_is_refused(text: str, line: int, what: str) -> None:
    """A text that is refused is an error with its line."""
    with pytest.raises(HeaderTreeError, match=rf"^vnode_if\.src:{line}: .*{what}"):
        rendered(text)


@pytest.mark.parametrize(
    "text",
    ["IN " + "a" * 500_000, "IN " + "/*" * 250_000, "IN " + "a " * 250_000, "IN a;\n" * 100_000],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    """Half a megabyte of hostile text is refused within 5 seconds, with a short message."""
    start = time.process_time()
    with pytest.raises(HeaderTreeError) as error:
        rendered(f"vop_open {{\n{text}\n")
    assert time.process_time() - start < 5
    assert len(str(error.value)) < 200
