#include <iostream>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/file.h"
#include "tests/oracle/law.h"

namespace tamga::policy::oracle {
namespace {

constexpr char kPolicy[] = TAMGA_SOURCE_DIR "/policy";

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) std::cerr << result.status() << std::endl;
  TAMGA_CHECK(result.ok());
  return *std::move(result);
}

std::vector<TreatyDocument> Documents() {
  const std::string folder = absl::StrCat(kPolicy, "/treaties");
  std::vector<TreatyDocument> documents;
  for (const std::string& name : Must(ListFolder(folder, ".txtpb"))) {
    documents.push_back(Must(ReadTreaty(Must(ReadFile(absl::StrCat(folder, "/", name))), name)));
  }
  return documents;
}

std::vector<VerifiedAct> ActsOf(const std::string& state) {
  const std::string folder = absl::StrCat(kPolicy, "/acts/", state);
  std::vector<VerifiedAct> acts;
  for (const std::string& name : Must(ListFolder(folder, ".txtpb"))) {
    VerifiedAct& act = acts.emplace_back();
    act.state = state;
    act.number = static_cast<uint32_t>(acts.size());
    act.sha256 = absl::StrCat(folder, name);
    act.instrument = Must(ReadInstrument(Must(ReadFile(absl::StrCat(folder, "/", name))), name));
  }
  return acts;
}

}  // namespace

Law ShippedLaw() {
  std::vector<TreatyDocument> documents = Documents();
  std::set<std::string> states;
  for (const TreatyDocument& document : documents) {
    for (const v1::Party& party : document.treaty.parties()) states.insert(party.state());
  }
  std::vector<VerifiedAct> acts;
  for (const std::string& state : states) {
    for (VerifiedAct& act : ActsOf(state)) acts.push_back(std::move(act));
  }
  auto standing =
      std::make_shared<const Standing>(std::move(documents), std::vector<OverlayDocument>(), std::move(acts));
  return {TreatySetOf(std::move(standing), absl::Minutes(2), ""),
          {states.begin(), states.end()},
          {"2004-06-01", "2010-06-01", "2016-06-01", "2026-11-26"}};
}

}  // namespace tamga::policy::oracle
