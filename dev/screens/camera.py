# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A signed-in browser that takes pictures."""

from playwright.sync_api import sync_playwright

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 412, "height": 860}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
TIMEOUT = 30_000
# Charts draw themselves in, lists load in steps.
SETTLE = 900
# Odoo shows these to newcomers, on top of everything.
HIDDEN = ".o_tour_pointer, .o_notification_manager { display: none !important; }"


class Camera:
    """Usable as a context manager, which closes the browser."""

    def __init__(self, url, chromium):
        self.url = url
        self.chromium = chromium

    def __enter__(self):
        self._playwright = sync_playwright().start()
        self.browser = self._playwright.chromium.launch(
            executable_path=self.chromium, args=ARGUMENTS
        )
        self._session = self._sign_in()
        return self

    def __exit__(self, *exception):
        self.browser.close()
        self._playwright.stop()

    def take(self, scene, target):
        """Set ``scene`` up and write its picture to ``target``."""
        page = self._page(PHONE if scene.phone else DESKTOP, scene.phone)
        if scene.companies:
            page.context.add_cookies(
                [{"name": "cids", "value": self._companies, "url": self.url}]
            )
        try:
            page.goto(self.url + scene.address)
            page.wait_for_selector(scene.ready, timeout=TIMEOUT)
            for step in scene.clicks:
                if isinstance(step, tuple):
                    page.locator(step[0]).first.fill(step[1])
                else:
                    page.locator(step).first.click()
            page.add_style_tag(content=HIDDEN)
            page.wait_for_timeout(SETTLE)
            page.screenshot(path=str(target))
        finally:
            page.context.close()

    def _sign_in(self):
        page = self.browser.new_page()
        page.goto(f"{self.url}/web/login")
        page.fill("input[name=login]", "admin")
        page.fill("input[name=password]", "admin")
        page.click("button[type=submit]")
        page.wait_for_selector(".o_main_navbar", timeout=TIMEOUT)
        asked = page.request.post(f"{self.url}/web/session/get_session_info", data={})
        companies = asked.json()["result"]["user_companies"]
        first, every = companies["current_company"], companies["allowed_companies"]
        # The web client's own cookie: the one that is worked in goes first.
        others = sorted(set(map(int, every)) - {first})
        self._companies = "-".join(map(str, (first, *others)))
        state = page.context.storage_state()
        page.context.close()
        return state

    def _page(self, viewport, phone):
        context = self.browser.new_context(
            viewport=viewport,
            storage_state=self._session,
            is_mobile=phone,
            has_touch=phone,
        )
        return context.new_page()
