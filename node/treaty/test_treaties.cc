#include "node/treaty/test_treaties.h"

#include <algorithm>
#include <iostream>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/treaty/act_files.h"
#include "node/treaty/sign_act.h"
#include "policy/act.h"

namespace tamga::treaty {
namespace {

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) std::cerr << result.status() << std::endl;
  TAMGA_CHECK(result.ok());
  return *std::move(result);
}

std::string RatificationOf(const policy::TreatyDocument& document, const std::string& state, const std::string& since) {
  return absl::StrCat("state: \"", state, "\"\neffective_on: \"", since, "\"\ncitation: \"For tests\"\n",
                      "ratify {\n  document { id: \"", document.treaty.id(), "\" sha256: \"",
                      HexEncode(document.sha256), "\" }\n  in_force_from: \"", since, "\"\n}\n");
}

void Append(const std::string& state, std::string instrument, std::vector<v1::SignedAct>* acts) {
  acts->push_back(SignNextAct(state, *acts, std::move(instrument)));
}

// The hash of the treaty that the act is about; empty if it is about none.
std::string TreatyOf(const v1::Instrument& instrument) {
  return instrument.has_sign() ? instrument.sign().document().sha256() : instrument.ratify().document().sha256();
}

}  // namespace

certs::Ed25519Key TestOfficeKey(const std::string& state) {
  return Must(certs::Ed25519Key::FromSeed(Sha256(absl::StrCat("treaty office of ", state))));
}

v1::SignedAct SignNextAct(const std::string& state, const std::vector<v1::SignedAct>& acts, std::string instrument) {
  policy::RegisterHead head;
  if (!acts.empty()) head = {acts.back().number(), policy::ActSha256(acts.back())};
  v1::SignedAct act = NextAct(state, head, std::move(instrument));
  SignAct(TestOfficeKey(state), &act);
  return act;
}

v1::TreatyOffice TestOffice(const std::string& state) {
  v1::TreatyOffice office;
  office.set_state(state);
  office.add_keys(HexEncode(TestOfficeKey(state).public_key()));
  office.set_threshold(1);
  return office;
}

Offices TestOffices(const std::vector<std::string>& states) {
  Offices offices;
  for (const std::string& state : states) offices[state] = TestOffice(state);
  return offices;
}

TreatySources RatifiedSources(const std::vector<TestTreaty>& treaties, const std::string& since) {
  TreatySources sources;
  for (const TestTreaty& treaty : treaties) {
    const policy::TreatyDocument& document =
        sources.treaties.emplace_back(Must(policy::ReadTreaty(treaty.text, "test.txtpb")));
    sources.texts.emplace(document.sha256, treaty.text);
    std::vector<std::string> bound = treaty.bound;
    for (const v1::Party& party : document.treaty.parties()) {
      if (treaty.bound.empty()) bound.push_back(party.state());
    }
    for (const std::string& state : bound) {
      Append(state, RatificationOf(document, state, since), &sources.acts[state]);
    }
  }
  return sources;
}

TreatyLibrary RatifiedLibrary(const std::vector<TestTreaty>& treaties, const std::string& since) {
  TreatySources sources = RatifiedSources(treaties, since);
  std::set<std::string> states;
  for (const policy::TreatyDocument& document : sources.treaties) {
    for (const v1::Party& party : document.treaty.parties()) states.insert(party.state());
  }
  return Must(BuildLibrary(std::move(sources), TestOffices({states.begin(), states.end()}), absl::ZeroDuration(), ""));
}

absl::Status SignRepositoryTreaties(const std::string& policy_folder, const std::string& out,
                                    const std::vector<std::string>& states, const std::vector<std::string>& treaties) {
  RETURN_IF_ERROR(MakeFolder(out));
  RETURN_IF_ERROR(MakeFolder(out + "/offices"));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(policy_folder + "/treaties", ".txtpb"));
  std::set<std::string> hashes;
  for (const std::string& name : names) {
    if (!treaties.empty() && std::find(treaties.begin(), treaties.end(), name) == treaties.end()) continue;
    ASSIGN_OR_RETURN(const std::string text, ReadFile(absl::StrCat(policy_folder, "/treaties/", name)));
    hashes.insert(HexEncode(Sha256(text)));
    RETURN_IF_ERROR(WriteFile(absl::StrCat(out, "/", name), text));
  }
  for (const std::string& state : states) {
    std::string office;
    google::protobuf::TextFormat::PrintToString(TestOffice(state), &office);
    RETURN_IF_ERROR(WriteFile(absl::StrCat(out, "/offices/", state, ".txtpb"), office));
    const std::string folder = absl::StrCat(policy_folder, "/acts/", state);
    ASSIGN_OR_RETURN(const std::vector<std::string> files, ListFolder(folder, ".txtpb"));
    std::vector<v1::SignedAct> acts;
    for (const std::string& file : files) {
      ASSIGN_OR_RETURN(std::string text, ReadFile(absl::StrCat(folder, "/", file)));
      ASSIGN_OR_RETURN(const v1::Instrument instrument, policy::ReadInstrument(text, file));
      if (hashes.count(TreatyOf(instrument)) == 0) continue;
      Append(state, std::move(text), &acts);
    }
    for (const v1::SignedAct& act : acts) {
      RETURN_IF_ERROR(WriteActFiles(absl::StrCat(out, "/registers/", state), act));
    }
  }
  return absl::OkStatus();
}

}  // namespace tamga::treaty
