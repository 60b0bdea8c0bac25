import tomllib
from handfest.model.catalogue import *
def _h(t):
    def op(s):
        a,b=s.split("-"); f=lambda x:int(x[:2])*60+int(x[3:]); return Opening(f(a),f(b))
    return Hours(tuple(tuple(op(s) for s in t.get(d,[])) for d in ("mon","tue","wed","thu","fri","sat","sun")))
def parse_business(source: str):
    d=tomllib.loads(source); b=d["business"]
    services=tuple(Service(id=s["id"],name=s["name"],duration_min=s["duration_min"],aliases=tuple(s.get("aliases",())),default=s.get("default",False),price=s.get("price"),buffer_after_min=s.get("buffer_after_min",0),branches=tuple(s.get("branches",())),binding=Binding(s.get("calcom",{}).get("event_type_id"))) for s in d["services"])
    staff=tuple(Staff(id=s["id"],name=s["name"],services=frozenset(s.get("services",())),branches=tuple(s.get("branches",()))) for s in d.get("staff",()))
    lines=tuple(Line(l["platform"],l.get("number"),l.get("agent_id"),l.get("signing_key_env"),l.get("branch")) for l in d.get("lines",()))
    branches=tuple(Branch(x["id"],x["name"],x.get("address")) for x in d.get("branches",()))
    k=d.get("booking",{})
    return Catalogue(business=Business(b["id"],b["name"],b["language"],b["time_zone"],b.get("holidays"),Unnamed(b.get("unnamed_service","ask")),Unnamed(b.get("unknown_service","ask"))),services=services,staff=staff,lines=lines,branches=branches,hours=_h(d["hours"]),rules=BookingRules(**k))
