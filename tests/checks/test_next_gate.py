"""The middleware of Next.js, walked as a stranger: which paths it closes."""

from __future__ import annotations

import pytest

from checks.application.gate_walk import REFUSED, Gate, covers
from checks.application.next_gate import body_of_middleware

API, PAGE = "/api/items", "/dashboard"

GATES = {
    "supabase inline": (
        """
export async function updateSession(request) {
  let supabaseResponse = NextResponse.next({ request })
  const supabase = createServerClient(a, b, { cookies: {
    getAll() { return request.cookies.getAll() },
    setAll(c) { c.forEach(({ name }) => request.cookies.set(name)) },
  } })
  const { data: { user } } = await supabase.auth.getUser()
  if (
    !user &&
    !request.nextUrl.pathname.startsWith('/login') &&
    !request.nextUrl.pathname.startsWith('/auth')
  ) {
    const url = request.nextUrl.clone()
    url.pathname = '/login'
    return NextResponse.redirect(url)
  }
  return supabaseResponse
}
export async function middleware(request) { return await updateSession(request) }
""",
        True,
        True,
    ),
    "tutorial": (
        """
export const authConfig = {
  callbacks: {
    authorized({ auth, request: { nextUrl } }) {
      const isLoggedIn = !!auth?.user;
      const isOnDashboard = nextUrl.pathname.startsWith('/dashboard');
      if (isOnDashboard) {
        if (isLoggedIn) return true;
        return false; // Redirect
      } else if (isLoggedIn) {
        return Response.redirect(new URL('/dashboard', nextUrl));
      }
      return true;
    },
  },
};
export default NextAuth(authConfig).auth;
""",
        False,
        True,
    ),
    "clerk protected": (
        """
const isProtectedRoute = createRouteMatcher(["/dashboard(.*)", "/settings(.*)"]);
export default clerkMiddleware(async (auth, req) => {
  if (isProtectedRoute(req)) await auth.protect();
});
""",
        False,
        True,
    ),
    "withAuth reexport": (
        """export { default } from "next-auth/middleware";
""",
        True,
        True,
    ),
    "withAuth authorized": (
        """
export default withAuth({ callbacks: { authorized: ({ token }) => !!token } });
""",
        True,
        True,
    ),
    "withAuth function": (
        """
export default withAuth(
  function middleware(req) {
    if (req.nextUrl.pathname.startsWith("/admin") && req.nextauth.token?.role !== "admin")
      return NextResponse.redirect(new URL("/", req.url));
  },
  { callbacks: { authorized: ({ token }) => !!token } }
);
""",
        True,
        True,
    ),
    "v5 callback": (
        """
const publicRoutes = ["/", "/about"];
const apiAuthPrefix = "/api/auth";
export default auth((req) => {
  const { nextUrl } = req;
  const isLoggedIn = !!req.auth;
  const isApiAuthRoute = nextUrl.pathname.startsWith(apiAuthPrefix);
  const isPublicRoute = publicRoutes.includes(nextUrl.pathname);
  if (isApiAuthRoute) { return null; }
  if (!isLoggedIn && !isPublicRoute) {
    return NextResponse.redirect(new URL("/login", nextUrl));
  }
  return;
});
""",
        True,
        True,
    ),
    "api skip": (
        """
export async function middleware(req) {
  const { pathname } = req.nextUrl
  if (pathname.startsWith("/_next") || pathname.startsWith("/api") || pathname.includes(".")) {
    return NextResponse.next()
  }
  const token = await getToken({ req })
  if (!token) return NextResponse.redirect(new URL("/login", req.url))
  return NextResponse.next()
}
""",
        False,
        True,
    ),
    "cookie arrow": (
        """
export const middleware = async (req) => {
  const session = req.cookies.get("session")
  const isApi = req.nextUrl.pathname.startsWith("/api/")
  if (!session) {
    if (isApi) return new NextResponse("no", { status: 401 })
    return NextResponse.redirect(new URL("/login", req.url))
  }
  return NextResponse.next()
}
""",
        True,
        True,
    ),
    "header token on api only": (
        """
export function middleware(req) {
  if (req.nextUrl.pathname.startsWith('/api/')) {
    const key = req.headers.get('x-api-key')
    if (key !== process.env.API_KEY) {
      return Response.json({ error: 'Unauthorized' }, { status: 401 })
    }
  }
  return NextResponse.next()
}
""",
        True,
        False,
    ),
    "intl": (
        """
export default function middleware(req) {
  const locale = getLocale(req)
  return NextResponse.redirect(new URL(`/${locale}${req.nextUrl.pathname}`, req.url))
}
""",
        False,
        False,
    ),
    "protected const routes": (
        """
const protectedRoutes = ['/dashboard', '/account']
export default async function middleware(req) {
  const path = req.nextUrl.pathname
  const isProtectedRoute = protectedRoutes.some((r) => path.startsWith(r))
  const cookie = (await cookies()).get('session')?.value
  const session = await decrypt(cookie)
  if (isProtectedRoute && !session?.userId) {
    return NextResponse.redirect(new URL('/login', req.nextUrl))
  }
  return NextResponse.next()
}
""",
        False,
        True,
    ),
    "origin": (
        """
export function middleware(req) {
  const origin = req.headers.get("origin");
  if (origin && !allowed.includes(origin)) { return new NextResponse(null, { status: 403 }); }
  return NextResponse.next();
}
""",
        False,
        False,
    ),
    "switch const": (
        """
const authEnabled = process.env.AUTH_ENABLED === "true";
export async function middleware(req) {
  if (!authEnabled) return NextResponse.next();
  const session = await auth();
  if (!session) return new NextResponse("Unauthorized", { status: 401 });
  return NextResponse.next();
}
""",
        False,
        False,
    ),
    "switch nested": (
        """
export async function middleware(req) {
  if (process.env.ENABLE_AUTH === "true") {
    const session = await auth();
    if (!session) return new NextResponse("Unauthorized", { status: 401 });
  }
  return NextResponse.next();
}
""",
        False,
        False,
    ),
    "dev": (
        """
export async function middleware(req) {
  if (process.env.NODE_ENV === "development") return NextResponse.next();
  if (process.env.DISABLE_AUTH === "true") return NextResponse.next();
  const session = await auth();
  if (!session) return new NextResponse("Unauthorized", { status: 401 });
  return NextResponse.next();
}
""",
        True,
        True,
    ),
    "better auth": (
        """
export async function middleware(request) {
	const sessionCookie = getSessionCookie(request);
	if (!sessionCookie) {
		return NextResponse.redirect(new URL("/", request.url));
	}
	return NextResponse.next();
}
""",
        True,
        True,
    ),
    "switch by helper": (
        """
function isPublic(pathname) {
  return pathname === "/" || pathname.startsWith("/login") || pathname.startsWith("/api");
}
export async function middleware(request) {
  if (isPublic(request.nextUrl.pathname)) return NextResponse.next();
  const session = await getSession(request);
  if (!session) return NextResponse.redirect(new URL("/login", request.url));
  return NextResponse.next();
}
""",
        False,
        True,
    ),
}


@pytest.mark.parametrize("name", GATES)
def test_a_stranger_is_turned_away_where_the_gate_says_so(name: str) -> None:
    text, api, page = GATES[name]
    gate = Gate(text)
    main = body_of_middleware(gate, text)
    assert (gate.outcome(main, API) == REFUSED, gate.outcome(main, PAGE) == REFUSED) == (api, page)


@pytest.mark.parametrize(
    ("pattern", "path", "held"),
    [
        ("/api/:path*", "/api/items", True),
        ("/api/:path*", "/apiary", False),
        ("/(api|trpc)(.*)", "/api/items", True),
        ("/((?!api|_next).*)", "/api/items", False),
        ("/((?!_next|.*\\\\..*).*)", "/api/items", True),
        ("/dashboard(.*)", "/api/items", False),
        ("/", "/api/items", False),
        ("/((", "/api/items", False),
    ],
)
def test_a_matcher_covers_paths(pattern: str, path: str, held: bool) -> None:
    assert covers(pattern, path, prefix=False) is held


@pytest.mark.parametrize(
    "text", ["if (", "if (((a", "try {", "'" * 50, "export default (", "if (a) if (b) if (", "matcher: ["]
)
def test_broken_text_ends(text: str) -> None:
    gate = Gate(text * 20)
    gate.outcome(body_of_middleware(gate, text * 20) or text * 20, API)
