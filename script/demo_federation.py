#!/usr/bin/env python3
"""The demonstration: six agencies' nodes on loopback exchange all three kinds of record. Called by script/demo."""

import argparse
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

from federation import ROOT, Federation, short

DATA = ROOT / "tests" / "data" / "demo"
AGENCIES = [
    "KAZ/interior-ministry",
    "KAZ/border-service",
    "KAZ/tourism-agency",
    "KGZ/interior-ministry",
    "TJK/interior-ministry",
    "UZB/interior-ministry",
]
INTERIOR, BORDER, TOURISM, KYRGYZ, TAJIK, UZBEK = AGENCIES
SPECIMEN = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
OTHER_TRAVELLER = ["P<KGZZHUMAGULOV<<KHAMID<<<<<<<<<<<<<<<<<<<<<", "PE12345675KGZ9101025M31010122020119910123494"]
UNKNOWN_TRAVELLER = ["P<TJKRAHIMOV<<JAMSHED<<<<<<<<<<<<<<<<<<<<<<<", "4012345676TJK7907304M2901019<<<<<<<<<<<<<<02"]

COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def bold(text):
    return f"\033[1m{text}\033[0m" if COLOUR else text


# -- the story ---------------------------------------------------------------------------------------------------------


def chapter(number, title):
    print(f"\n{bold(f'{number}. {title}')}")


def say(text):
    print(f"   {text}")


def places(exchange):
    own, partner = exchange.get("ownLog", {}), exchange.get("partnerLog", {})
    texts = [f"{log['origin']} #{log['index']}" for log in (own, partner) if log.get("origin")]
    return " · ".join(texts)


def tell_exchange(exchange):
    articles = "; ".join(exchange.get("articles", [])) or "no article"
    level = exchange.get("disclosure", "").replace("DISCLOSURE_LEVEL_", "")
    say(f"   under {articles}; disclosure {level}")
    say(f"   logged at {places(exchange)}")


def tell_check(title, response):
    say(f"{title}: {response.get('advice', '').replace('ADVICE_', '')}")
    for check in response.get("documentChecks", []):
        if not check.get("passed"):
            say(f"   document: {check['name']} failed: {check.get('detail', '')}")
    for source in response.get("sources", []):
        say(f"   {source['source']}: {source['status'].replace('SOURCE_STATUS_', '')}")
        for candidate in source.get("candidates", []):
            alert = candidate.get("alert", {})
            name = (alert.get("names") or [{}])[0]
            person = " ".join(filter(None, [name.get("surname"), name.get("givenNames")]))
            say(f"      {alert.get('alertId')}: {person or '(no name disclosed)'} — {alert.get('action', '')}")
        if "exchange" in source:
            tell_exchange(source["exchange"])


def check(federation, agency, lines, partners, case):
    asked = [argument for partner in partners for argument in ("--ask", partner)]
    return federation.ask(
        agency, "watchlist", "check", "--mrz", *lines, *asked, "--purpose", "BORDER_CHECK", "--case-reference", case,
        "--officer", "BS-4711",
    )


def lists_and_alerts(federation, un_list):
    chapter(1, "The border service takes in the UN list, partners publish alerts of their own")
    result = federation.ask(BORDER, "watchlist", "import", "--format", "un-xml", un_list)
    say(f"{un_list.name}: {result['created']} alerts taken in, {result['rejectedCount']} rejected")
    again = federation.ask(BORDER, "watchlist", "import", "--format", "un-xml", un_list)
    say(f"the same list again: {again['unchanged']} unchanged, {again['created']} new")
    federation.ask(BORDER, "watchlist", "publish", "--alert", DATA / "alert_arrest.json")
    federation.ask(KYRGYZ, "watchlist", "publish", "--alert", DATA / "alert_missing.json")
    say("KAZ/border-service publishes an arrest alert, KGZ/interior-ministry a missing person (in Cyrillic)")


def border_lanes(federation):
    chapter(2, "A traveller's machine-readable zone is read at a lane; own and partner nodes are asked")
    tell_check("Lane in Almaty, a traveller nobody seeks",
               check(federation, BORDER, UNKNOWN_TRAVELLER, [KYRGYZ, TAJIK], "LANE-7-001"))
    tell_check("Lane in Almaty, a traveller whom KGZ seeks under another spelling",
               check(federation, BORDER, OTHER_TRAVELLER, [KYRGYZ, TAJIK], "LANE-7-002"))
    tell_check("Lane in Bishkek, the ICAO specimen, whom KAZ seeks",
               check(federation, KYRGYZ, SPECIMEN, [BORDER], "LANE-1-001"))
    tell_check("Lane in Tashkent, the same traveller: the treaty lets UZB know only that there is a hit",
               check(federation, UZBEK, SPECIMEN, [BORDER], "LANE-3-001"))
    wrong = [SPECIMEN[0], SPECIMEN[1].replace("L898902C36", "L898902C46")]
    tell_check("The same zone, misread by one character", check(federation, BORDER, wrong, [], "LANE-7-003"))


def readmission(federation):
    chapter(3, "The whole life of one readmission case between KAZ and KGZ, with the line cut in the middle")
    submitted = federation.ask(INTERIOR, *SUBMIT, "--asylum-claim", "no")
    case = submitted["case"]["caseId"]
    say(f"case {case}; the answer is due {submitted['case'].get('replyDueAt', '-')}")
    tell_exchange(submitted["exchange"])
    today, later = (time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400)) for days in (0, 7))
    act(federation, KYRGYZ, "verify", case, "--file-number", "KG-2026-99")
    act(federation, KYRGYZ, "ask-interview", case)
    act(federation, KYRGYZ, "report-interview", case, "--held-on", today, "--result", "CONFIRMED")
    act(federation, KYRGYZ, "extend", case, "--reasons", "The archive in Osh has not answered yet")

    say("The line is cut: the node of KAZ/interior-ministry is gone. KGZ accepts nevertheless.")
    port = federation.cut_off(INTERIOR)
    act(federation, KYRGYZ, "accept", case, expect="QUEUED")
    say("The line is mended; the acceptance arrives by itself.")
    federation.mend(INTERIOR, port)
    await_delivery(federation, KYRGYZ, case)
    compare_histories(federation, case)

    act(federation, INTERIOR, "ask-document", case)
    act(federation, KYRGYZ, "issue-document", case, "--kind", "certificate on return", "--number", "KG7700123",
        "--issuing-state", "KGZ", "--expires-on", later)
    act(federation, INTERIOR, "propose-transfer", case, "--day", later, "--crossing-point", "Korday", "--means", "road")
    act(federation, KYRGYZ, "agree-transfer", case, "--day", later)
    act(federation, INTERIOR, "hand-over", case, "--crossing-point", "Korday", "--officer-number", "BS-4711", "--with",
        "certificate on return", "telephone")
    act(federation, KYRGYZ, "take-over", case, "--crossing-point", "Korday", "--officer-number", "KG-88")
    for event in compare_histories(federation, case):
        say(f"   {event['at'][:19]}  {value(event['kind']):21} {value(event['state']):17} by {event['actor']}")
    form = federation.folder / "application.pdf"
    federation.tamga("readmission", "print", case, "--form", "application", "--language", "ru", "--case-reference",
                     "MIA-2026-0815", "--to", form, profile=federation.profile(INTERIOR, "officer"))
    say(f"The application as the treaty's form, in Russian: {os.path.relpath(form)}, {form.stat().st_size} bytes")
    say("Open clocks, as KGZ/interior-ministry lists them:")
    print(indent(federation.tamga("readmission", "list", "--due-within", "400",
                                  profile=federation.profile(KYRGYZ, "officer"))))

    refused = federation.ask(INTERIOR, *SUBMIT, "--asylum-claim", "yes", expect=1)
    say("An application with an open asylum claim does not leave the node:")
    say("   " + refused.replace("\n", "\n      "))
    explain(federation, INTERIOR, KYRGYZ, "READMISSION", "READMISSION_SUBMIT", "READMISSION", "--fact",
            "ASYLUM_CLAIM_OPEN=YES", "TRAFFICKING_INDICATOR=NO", "UNACCOMPANIED_MINOR=NO")


SUBMIT = ["readmission", "submit", "--to", KYRGYZ, "--application", DATA / "readmission_application.json",
          "--case-reference", "MIA-2026-0815", "--officer", "MIA-107", "--trafficking-indicator", "no",
          "--unaccompanied-minor", "no", "--medical-hold", "no"]


def value(name):
    """VERIFYING of READMISSION_STATE_VERIFYING, VERIFY of READMISSION_STEP_KIND_VERIFY."""
    return re.sub("^(READMISSION_STATE|READMISSION_STEP_KIND|DELIVERY_STATE)_", "", name)


def act(federation, agency, step, case, *options, expect="DELIVERED"):
    """A step of a case, told in a line."""
    reference = {INTERIOR: "MIA-2026-0815", KYRGYZ: "KG-2026-99"}[agency]
    done = federation.ask(agency, "readmission", step, case, *options, "--case-reference", reference)
    delivery = value(done["exchange"]["deliveryState"])
    articles = "; ".join(done["exchange"].get("articles", []))
    say(f"{agency:22} {step:17} → {value(done['case']['state']):18} {delivery}  {articles}")
    if delivery != expect:
        raise SystemExit(f"{step} is {delivery}, not {expect}")


def history_at(federation, agency, case):
    shown = federation.ask(agency, "readmission", "show", case, "--purpose", "READMISSION", "--case-reference", "DEMO-1")
    return shown["case"]["history"]


def await_delivery(federation, agency, case):
    """The node tries again by itself, a little later each time."""
    for _ in range(240):
        if not any(value(event["delivery"]) == "QUEUED" for event in history_at(federation, agency, case)):
            return
        time.sleep(0.5)
    raise SystemExit(f"what {agency} queued was not delivered")


def compare_histories(federation, case):
    """Each side's history, but for its own log and how far its own messages got."""
    own = {"log", "delivery", "noticedAt"}
    histories = [[{key: field for key, field in event.items() if key not in own}
                  for event in history_at(federation, agency, case)] for agency in (INTERIOR, KYRGYZ)]
    if histories[0] != histories[1]:
        raise SystemExit(f"the histories differ:\n{histories[0]}\n{histories[1]}")
    say(f"the histories of both sides are the same: {len(histories[0])} steps")
    return histories[0]


def explain(federation, asker, answerer, kind, operation, purpose, *facts):
    say(f"tamga treaty explain{' ' if facts else ''}{' '.join(facts)}:")
    print(indent(federation.tamga(
        "treaty", "explain", "--answerer", answerer, "--record-kind", kind, "--operation", operation, "--purpose", purpose,
        *facts, profile=federation.profile(asker, "officer"))))


def trafficking(federation):
    chapter(4, "A suspected trafficking case: tourism agency → interior ministry → TJK, without the victim's identity")
    context = ["--purpose", "TRAFFICKING_INVESTIGATION", "--officer", "TA-31"]
    saved = federation.ask(TOURISM, "trafficking", "save", "--case", DATA / "trafficking_case.json")
    case_id = saved["case"]["caseId"]
    referred = federation.ask(
        TOURISM, "trafficking", "refer", case_id, "--to", INTERIOR, "--reason", "AdditionalServicesRequired",
        "--case-reference", "TA-2026-5", *context,
    )
    say(f"KAZ/tourism-agency refers case {case_id} to KAZ/interior-ministry")
    tell_exchange(referred["exchange"])
    shared = federation.ask(
        INTERIOR, "trafficking", "share", case_id, "--to", TAJIK, "--case-reference", "MIA-2026-77", *context)
    say("KAZ/interior-ministry shares it with TJK/interior-ministry")
    tell_exchange(shared["exchange"])
    say("   withheld: " + ", ".join(shared["exchange"].get("withheldFields", [])))
    refused = federation.ask(TAJIK, "trafficking", "show", case_id, "--purpose", "MIGRATION_CONTROL",
                             "--case-reference", "TJ-2026-8", expect=1)
    say("TJK may not look at it for another purpose than it was given for:")
    say("   " + refused.replace("\n", "\n      "))
    there = federation.ask(TAJIK, "trafficking", "show", case_id, "--purpose", "TRAFFICKING_INVESTIGATION",
                           "--case-reference", "TJ-2026-8")["case"]
    route = " → ".join(event["hte_City"] or "?" for event in there.get("events", []))
    say(f"TJK sees the route {route}, {len(there.get('perpetrators', []))} perpetrator, "
        + ("AND THE VICTIM" if there.get("victim") else "and no victim"))
    if there.get("victim"):
        raise SystemExit("the victim's identity left the node")
    return case_id


def denial(federation, case_id):
    chapter(5, "UZB asks for something that no treaty grants")
    refused = federation.ask(
        UZBEK, "trafficking", "retrieve", case_id, "--from", INTERIOR, "--purpose", "MIGRATION_CONTROL",
        "--case-reference", "UZ-2026-3", expect=1,
    )
    say(refused.replace("\n", "\n   "))
    explain(federation, UZBEK, INTERIOR, "TRAFFICKING", "TRAFFICKING_RETRIEVE", "MIGRATION_CONTROL")
    for agency in (UZBEK, INTERIOR):
        entries = federation.ask(agency, "audit", "list", "--since", "10m", "--outcome", "DENIED", "--limit", "1",
                                 role="auditor")["entries"]
        entry = entries[0]
        say(f"   in the log of {agency}: #{entry['position']['index']} "
            f"{entry['entry']['kind'].replace('ENTRY_KIND_', '')} {entry['entry'].get('reason', '')}")


def audit(federation):
    chapter(6, "An auditor verifies both logs; then one byte of a database is flipped")
    for agency in (INTERIOR, KYRGYZ):
        entries = federation.ask(agency, "audit", "list", "--since", "10m", "--limit", "500", role="auditor")["entries"]
        say(f"{agency}: {len(entries)} entries in the last ten minutes")
    entry = next(entry for entry in entries if entry["entry"]["kind"] == "ENTRY_KIND_RECEIVED"
                 and entry["entry"]["operation"] == "OPERATION_READMISSION_SUBMIT")
    index = entry["position"]["index"]
    proof = federation.folder / "proof.txt"
    print(indent(federation.tamga("audit", "show", entry["entry"]["exchangeId"],
                                  profile=federation.profile(KYRGYZ, "auditor"))))
    federation.tamga("audit", "prove", index, "--out", proof, profile=federation.profile(KYRGYZ, "auditor"))
    vkey = federation.folder / short(KYRGYZ) / "pki" / "log.vkey"
    print(indent(federation.tamga("audit", "verify-proof", "--proof", proof, "--entry", f"{proof}.entry",
                                  "--vkey", vkey)))
    for agency in (INTERIOR, KYRGYZ):
        say(f"{agency}:")
        print(indent(federation.tamga("audit", "verify", profile=federation.profile(agency, "auditor"))))

    say(f"How far the log of {INTERIOR} is out of its own hands:")
    await_witnesses(federation, INTERIOR)
    print(indent(federation.tamga("audit", "witnesses", profile=federation.profile(INTERIOR, "auditor"))))
    say("The two logs are compared, but for the last second; both nodes log the result:")
    print(indent(federation.tamga("audit", "reconcile", "--with", KYRGYZ, "--since", "1h", "--until", "1s",
                                  "--case-reference", "AUDIT-1", profile=federation.profile(INTERIOR, "auditor"))))

    say(f"The node of {KYRGYZ} is stopped, one bit of entry {index} is flipped in its database, and it is started again.")
    database = federation.folder / short(KYRGYZ) / "data" / "exchange.db"
    content = bytes.fromhex(entry["entryBytes"])
    altered = bytearray(content)
    altered[len(content) // 2] ^= 1
    for old, new, code in (content, altered, 1), (altered, content, 0):
        federation.stop(KYRGYZ)
        put(database, old, new)
        federation.start(KYRGYZ)
        federation.wait_until_serving(KYRGYZ)
        if code == 0:
            say("And the bit put right again:")
        print(indent(federation.tamga("audit", "verify", profile=federation.profile(KYRGYZ, "auditor"), expect=code)))


def await_witnesses(federation, agency):
    """Nodes ask each other every five seconds."""
    for _ in range(60):
        answer = federation.ask(agency, "audit", "witnesses", role="auditor")
        if answer["witnessedSize"] == answer["logSize"]:
            return
        time.sleep(0.5)
    raise SystemExit(f"nobody has cosigned the log of {agency}: {answer}")


def indent(text):
    return "\n".join("      " + line for line in text.rstrip().splitlines())


def put(path, old, new):
    data = path.read_bytes()
    if data.count(old) != 1:
        raise SystemExit("the entry is not where it was expected in the database")
    path.write_bytes(data.replace(old, new))


def find_un_list():
    real = sorted((ROOT.parent / "shared" / "data" / "un-sc-list").glob("*.xml"))
    return real[0] if real else ROOT / "adapters" / "partner_state" / "data" / "un_sc_consolidated_trimmed.xml"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=ROOT / "build" / "release" / "bin", help="folder of the programs")
    parser.add_argument("--keep", action="store_true", help="leave the federation running")
    parser.add_argument("--un-list", type=Path, default=find_un_list(), help="UN consolidated list, XML")
    parser.add_argument("--folder", type=Path, default=ROOT / "demo-run",
                        help="where the federation lives; what an earlier run left there is deleted")
    options = parser.parse_args()

    folder = options.folder.resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / "pki").is_dir():
        raise SystemExit(f"{folder} holds something else than a demonstration; name another folder")
    stop_earlier(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    federation = Federation(options.bin.resolve(), folder, AGENCIES)
    kept = False
    try:
        started = time.monotonic()
        federation.set_up()
        for agency in AGENCIES:
            federation.start(agency)
        for agency in AGENCIES:
            federation.wait_until_serving(agency)
        (folder / "pids").write_text("\n".join(str(process.pid) for process in federation.processes.values()))
        print(f"{len(AGENCIES)} nodes serve, each with keys, databases, a log and treaties of its own:")
        for agency in AGENCIES:
            say(f"{agency:24} {federation.address(agency)}")
        lists_and_alerts(federation, options.un_list)
        border_lanes(federation)
        readmission(federation)
        case_id = trafficking(federation)
        denial(federation, case_id)
        audit(federation)
        print(f"\nDone in {time.monotonic() - started:.1f} s.")
        kept = options.keep
        if kept:
            (folder / "pids").write_text("\n".join(str(process.pid) for process in federation.processes.values()))
            tell_how_to_talk(federation)
    finally:
        if not kept:
            federation.stop_all()


def stop_earlier(folder):
    """Stops what an earlier run with --keep left behind."""
    pids = folder / "pids"
    for pid in re.findall(r"\d+", pids.read_text()) if pids.exists() else []:
        try:
            if "tamga-node" in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(int(pid), signal.SIGTERM)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass


def tell_how_to_talk(federation):
    print("\nThe federation goes on running. Talk to it, for instance:")
    tamga = os.path.relpath(federation.bin / "tamga")
    for agency, role, words in [
        (BORDER, "operator", "node status"),
        (BORDER, "system", "watchlist check --surname ERIKSSON --given-names 'ANNA MARIA' --born 1974-08-12 "
                           "--purpose BORDER_CHECK --case-reference LANE-7-9"),
        (INTERIOR, "system", "readmission list --due-within 30"),
        (INTERIOR, "officer", "readmission watch"),
        (INTERIOR, "officer", "obligation list --state OPEN"),
        (INTERIOR, "officer", "obligation discharge --help"),
        (INTERIOR, "officer-2", "approval list"),
        (INTERIOR, "officer-2", "approval approve HASH-OF-WHAT-WAITS"),
        (INTERIOR, "treaty-officer", "treaty export --out treaties-of-the-node"),
        (INTERIOR, "auditor", "audit verify"),
    ]:
        print(f"   {tamga} --profile {os.path.relpath(federation.profile(agency, role))} {words}")
    print(f"Stop it:\n   xargs kill < {os.path.relpath(federation.folder / 'pids')}")


if __name__ == "__main__":
    main()
