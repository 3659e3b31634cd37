"""The one row that the registry needs."""

from vsconsole.vendors.registry import Field, Vendor

ROW = Vendor(
    id="acme",
    title="Acme Cameras",
    adapter="tests.contract.sixth.acme.adapter:AcmeAdapter",
    endpoints="tests.contract.sixth.acme.endpoints:ENDPOINTS",
    zone="Europe/Vienna",
    note="Keys are handed out at the counter.",
    lacks={"ptz": "Acme's cameras are screwed tight; turn to the wide picture instead."},
    fields=(
        Field(name="server", label="Server", kind="server"),
        Field(name="key_id", label="Key number", pattern=r"[0-9]{4}", help="Four digits."),
        Field(name="key", label="Key", secret=True, pattern=r"[!-~]{8,64}", help="On the card."),
    ),
)
