// tamga audit show-bundle: what the entries in an evidence bundle say, without any node.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/display_text.h"
#include "node/cli/evidence_files.h"
#include "node/cli/output.h"
#include "node/cli/record_text.h"
#include "node/ledger/tlog_proof.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::cli {
namespace {

absl::StatusOr<v1::IndexedEntry> EntryOf(const v1::EntryEvidence& evidence) {
  v1::IndexedEntry indexed;
  indexed.mutable_position()->set_origin(evidence.agency());
  const absl::StatusOr<ledger::TlogProof> proof = ledger::ParseTlogProof(evidence.proof());
  if (!proof.ok()) return Annotate(proof.status(), "a proof in the bundle");
  indexed.mutable_position()->set_index(proof->index);
  if (!indexed.mutable_entry()->ParseFromString(evidence.entry())) {
    return Error(absl::StatusCode::kInvalidArgument, "BUNDLE_INVALID", "an entry in the bundle cannot be read");
  }
  return indexed;
}

absl::Status ShowBundle(const std::string& file, Environment& environment) {
  ASSIGN_OR_RETURN(const v1::EvidenceBundle bundle, ReadBundleFile(file));
  v1::ListEntriesResponse entries;
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    for (const v1::EntryEvidence& entry : exchange.entries()) {
      ASSIGN_OR_RETURN(*entries.add_entries(), EntryOf(entry));
    }
  }
  Say(environment, "Nothing of this is verified here; that is what `tamga audit verify-bundle` does.");
  if (PrintedAsJson(environment, entries)) return absl::OkStatus();
  for (const v1::IndexedEntry& indexed : entries.entries()) {
    environment.out << DisplayText(absl::StrCat("ENTRY ", indexed.position().index(), " OF THE LOG OF ",
                                                indexed.position().origin()))
                    << "\n"
                    << RecordText(indexed.entry()) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddShowBundleCommand(const Command& audit) {
  const Command command = audit.Add("show-bundle", "Show what the entries in an evidence file say");
  const auto file = std::make_shared<std::string>();
  command.Required("file", "The file that `audit evidence` wrote", Into(*file));
  command.Run([file](Environment& environment) { return ShowBundle(*file, environment); });
}

}  // namespace tamga::cli
