// tamga audit evidence and verify-bundle: what proves an exchange, in one file, and its check without any node.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/trust_store.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/cli/argument.h"
#include "node/cli/audit_parts.h"
#include "node/cli/evidence_additions.h"
#include "node/cli/evidence_files.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/session.h"
#include "node/cli/trust_argument.h"
#include "node/cli/witness_check.h"
#include "node/evidence/anchor_check.h"
#include "node/evidence/bundle.h"
#include "node/evidence/bundle_check.h"
#include "node/ledger/tlog_policy.h"
#include "policy/treaty_document.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct EvidenceArguments {
  v1::GetEvidenceRequest request;
  std::string out;
  std::vector<std::string> merge;
  bool force = false;
};

Table LogsIn(const v1::EvidenceBundle& bundle) {
  Table table({"AGENCY", "VKEY", "CHECKPOINT"});
  for (const v1::LogEvidence& log : bundle.logs()) table.AddRow({log.agency(), log.vkey(), log.checkpoint()});
  return table;
}

Table ExchangesIn(const v1::EvidenceBundle& bundle) {
  Table table({"EXCHANGE", "ENTRIES", "MESSAGES", "DECISIONS"});
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    const std::string& id = exchange.exchange_id();
    table.AddRow({IsUuidV7(id) ? FormatUuid(id) : "", absl::StrCat(exchange.entries_size()),
                  absl::StrCat(exchange.messages_size()), absl::StrCat(exchange.decisions_size())});
  }
  return table;
}

absl::Status CheckWhichExchanges(const v1::GetEvidenceRequest& request) {
  if (request.exchange_id().empty() != request.case_reference().empty()) return absl::OkStatus();
  return UsageError(request.exchange_id().empty() ? "name an exchange, or --case-reference for all exchanges of a case"
                                                  : "name an exchange or --case-reference, not both");
}

absl::Status Evidence(const EvidenceArguments& arguments, Environment& environment) {
  RETURN_IF_ERROR(CheckWhichExchanges(arguments.request));
  RETURN_IF_ERROR(CheckOutputFile(arguments.out, arguments.force));
  std::vector<v1::EvidenceBundle> others;
  for (const std::string& path : arguments.merge) {
    ASSIGN_OR_RETURN(v1::EvidenceBundle other, ReadBundleFile(path));
    others.push_back(std::move(other));
  }
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(auto response, session->Call(&v1::AuditService::Stub::GetEvidence, arguments.request));
  v1::EvidenceBundle bundle = std::move(*response.mutable_bundle());
  const std::string agency = bundle.logs().empty() ? "" : bundle.logs(0).agency();
  for (const v1::EvidenceBundle& other : others) bundle = evidence::Merge(std::move(bundle), other);
  // What a node does not prove about itself is no reason to leave with nothing.
  if (const absl::Status status = AddGrowth(*session, agency, &bundle); !status.ok()) {
    Say(environment, absl::StrCat("Without proof that the log of ", agency, " only grew: ", status.message()));
  }
  RETURN_IF_ERROR(AddContradictions(*session, &bundle));
  // Decisions hold facts about persons, and headers name who asked.
  RETURN_IF_ERROR(WriteOutputFiles({{arguments.out, bundle.SerializeAsString(), kSecretMode}}, arguments.force));
  if (environment.settings.output == OutputFormat::kJson) {
    PrintTablesOrJson(environment, {{"logs", LogsIn(bundle)}, {"exchanges", ExchangesIn(bundle)}});
  }
  Say(environment,
      absl::StrCat("Wrote what ", bundle.logs_size(), bundle.logs_size() == 1 ? " log proves" : " logs prove", " of ",
                   bundle.exchanges_size(), bundle.exchanges_size() == 1 ? " exchange" : " exchanges", " to ",
                   arguments.out, "."));
  return absl::OkStatus();
}

struct VerifyArguments {
  std::string bundle;
  std::vector<std::string> trust;
  std::vector<std::string> vkeys;
  std::vector<std::string> offices;
  std::vector<std::string> policies;
  std::vector<std::string> tsa_roots;
  std::vector<std::string> opened;
};

// "KAZ=FILE" or "KAZ/border-service=FILE".
absl::StatusOr<std::pair<std::string, std::string>> SplitNamed(absl::string_view option, const std::string& argument,
                                                               absl::string_view what) {
  std::pair<std::string, std::string> parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
  if (!parts.first.empty() && !parts.second.empty()) return parts;
  return InvalidField(option, absl::StrCat("must be ", what, "=FILE"));
}

absl::StatusOr<std::vector<ledger::TlogPolicy>> ReadPolicies(const std::vector<std::string>& paths) {
  std::vector<ledger::TlogPolicy> policies;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(ledger::TlogPolicy policy, ReadPolicyFile(path));
    policies.push_back(std::move(policy));
  }
  return policies;
}

absl::StatusOr<certs::CertificateChain> ReadTsaRoots(const std::vector<std::string>& paths) {
  certs::CertificateChain roots;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const std::string pem, ReadFile(path));
    const absl::StatusOr<certs::CertificateChain> more = certs::ParsePemChain(pem);
    if (!more.ok()) return InvalidField("--tsa-roots", absl::StrCat(path, ": ", more.status().message()));
    for (const certs::Certificate& root : *more) {
      if (!certs::IsRoot(root)) {
        return InvalidField("--tsa-roots", absl::StrCat(path, " holds a certificate that is not a self-signed root"));
      }
      roots.push_back(root);
    }
  }
  return roots;
}

absl::StatusOr<evidence::Anchors> ReadAnchors(const VerifyArguments& arguments) {
  evidence::Anchors anchors;
  ASSIGN_OR_RETURN(certs::TrustStore trust, ReadTrustArguments(arguments.trust));
  anchors.trust = std::make_shared<const certs::TrustStore>(std::move(trust));
  for (const std::string& argument : arguments.vkeys) {
    ASSIGN_OR_RETURN(const auto named, SplitNamed("--vkey", argument, "AGENCY"));
    RETURN_IF_ERROR(CheckAgency("--vkey", named.first));
    ASSIGN_OR_RETURN(ledger::NoteKey key, ReadVkeyFile(named.second));
    if (!anchors.logs.emplace(named.first, std::move(key)).second) {
      return InvalidField("--vkey", absl::StrCat("names ", named.first, " twice"));
    }
  }
  for (const std::string& argument : arguments.offices) {
    ASSIGN_OR_RETURN(const auto named, SplitNamed("--office", argument, "STATE"));
    ASSIGN_OR_RETURN(const std::string text, ReadFile(named.second));
    ASSIGN_OR_RETURN(v1::TreatyOffice office, policy::ReadTreatyOffice(text, named.second));
    if (office.state() != named.first) {
      return InvalidField("--office", absl::StrCat(named.second, " is the treaty office of ", office.state()));
    }
    anchors.offices[named.first] = std::move(office);
  }
  ASSIGN_OR_RETURN(anchors.policies, ReadPolicies(arguments.policies));
  ASSIGN_OR_RETURN(anchors.tsa_roots, ReadTsaRoots(arguments.tsa_roots));
  return anchors;
}

// ReadTrustArguments has found them in order.
std::vector<std::string> TrustedStates(const std::vector<std::string>& arguments) {
  std::vector<std::string> states;
  for (const std::string& argument : arguments) states.push_back(argument.substr(0, argument.find('=')));
  return states;
}

absl::StatusOr<std::vector<v1::SealedMessage>> ReadOpened(const std::vector<std::string>& paths) {
  std::vector<v1::SealedMessage> messages;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(v1::SealedMessage message, ReadMessageFile(path));
    messages.push_back(std::move(message));
  }
  return messages;
}

size_t Count(const std::vector<evidence::Finding>& findings, evidence::Verdict verdict) {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const auto& one) { return one.verdict == verdict; }));
}

void PrintFindings(const std::vector<evidence::Finding>& findings, bool has_policy, Environment& environment) {
  const bool is_json = environment.settings.output == OutputFormat::kJson;
  Table table({"EXCHANGE", "VERDICT", "WHAT", "WHY"});
  for (const evidence::Finding& finding : findings) {
    table.AddRow({finding.exchange_id.empty() && !is_json ? "-" : finding.exchange_id,
                  std::string(evidence::NameOf(finding.verdict)), finding.what, finding.why});
  }
  const size_t verified = Count(findings, evidence::Verdict::kVerified);
  const size_t contradicted = Count(findings, evidence::Verdict::kContradicted);
  const size_t not_verifiable = Count(findings, evidence::Verdict::kNotVerifiable);
  const size_t not_witnessed = Count(findings, evidence::Verdict::kNotWitnessed);
  if (is_json) {
    Table counts({"VERIFIED", "CONTRADICTED", "NOT VERIFIABLE", "NOT WITNESSED"});
    counts.AddRow({absl::StrCat(verified), absl::StrCat(contradicted), absl::StrCat(not_verifiable),
                   absl::StrCat(not_witnessed)});
    PrintTablesOrJson(environment, {{"findings", std::move(table)}, {"counts", std::move(counts)}});
  } else {
    PrintTable(environment, table);
  }
  Say(environment,
      absl::StrCat(verified, " verified, ", contradicted, " contradicted, ", not_verifiable, " not verifiable",
                   has_policy ? absl::StrCat(", ", not_witnessed, " not witnessed") : "", "."));
}

// A contradiction comes first; what is not verifiable is no error as long as anything was shown.
absl::Status VerdictOn(const std::string& bundle, const std::vector<evidence::Finding>& findings) {
  if (Count(findings, evidence::Verdict::kContradicted) > 0) {
    return Fault(Error(absl::StatusCode::kDataLoss, "EVIDENCE_CONTRADICTED",
                       absl::StrCat(bundle, " contradicts itself, or what you brought to check it by")));
  }
  if (Count(findings, evidence::Verdict::kNotWitnessed) > 0) {
    return Fault(Error(absl::StatusCode::kFailedPrecondition, "EVIDENCE_NOT_WITNESSED",
                       absl::StrCat("--policy: fewer witnesses cosigned the checkpoints in ", bundle,
                                    " than it asks for; get the evidence again when `tamga audit witnesses` says that "
                                    "the entries are WITNESSED")));
  }
  if (Count(findings, evidence::Verdict::kVerified) == 0) {
    return Error(absl::StatusCode::kFailedPrecondition, "NOTHING_VERIFIED",
                 "what you brought shows nothing of the bundle; the reasons say what to bring");
  }
  return absl::OkStatus();
}

absl::Status VerifyBundle(const VerifyArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const evidence::Anchors anchors, ReadAnchors(arguments));
  ASSIGN_OR_RETURN(const std::vector<v1::SealedMessage> opened, ReadOpened(arguments.opened));
  ASSIGN_OR_RETURN(const v1::EvidenceBundle bundle, ReadBundleFile(arguments.bundle));
  RETURN_IF_ERROR(evidence::CheckAnchorsFit(bundle, anchors, TrustedStates(arguments.trust), opened));
  const std::vector<evidence::Finding> findings = evidence::CheckBundle(bundle, anchors, opened);
  PrintFindings(findings, !anchors.policies.empty(), environment);
  return VerdictOn(arguments.bundle, findings);
}

}  // namespace

void AddEvidenceCommands(const Command& audit) {
  const Command get = audit.Add("evidence", "Collect what proves an exchange, or all exchanges of a case, in one file");
  const auto evidence_arguments = std::make_shared<EvidenceArguments>();
  get.Optional("exchange", "The exchange", Into(*evidence_arguments->request.mutable_exchange_id()));
  get.Optional("--case-reference", "Or: all exchanges under this file number",
               Into(*evidence_arguments->request.mutable_case_reference()));
  get.Required("--out", "File for the bundle", Into(evidence_arguments->out));
  get.Optional("--merge", "A bundle that another node gave, to be joined with this one",
               Into(evidence_arguments->merge));
  get.Flag("--force", "Replace a file that is there", evidence_arguments->force);
  get.Run([evidence_arguments](Environment& environment) { return Evidence(*evidence_arguments, environment); });

  const Command verify = audit.Add("verify-bundle", "Check such a file, without any node");
  const auto arguments = std::make_shared<VerifyArguments>();
  verify.Required("bundle", "File with the bundle", Into(arguments->bundle));
  verify.Optional("--trust", "STATE=FILE: a State's root certificates", Into(arguments->trust));
  verify.Optional("--vkey", "AGENCY=FILE: the verification key of an agency's log", Into(arguments->vkeys));
  verify.Optional("--office", "STATE=FILE: a State's treaty office", Into(arguments->offices));
  verify.Optional("--policy",
                  "Which witnesses must have cosigned a log (C2SP tlog-policy); exit code 1 if they did not",
                  Into(arguments->policies));
  verify.Optional("--tsa-roots", "Root certificates of a time-stamp authority (PEM), by which its time-stamps count",
                  Into(arguments->tsa_roots));
  verify.Optional("--opened", "A message that `tamga audit open` wrote", Into(arguments->opened));
  verify.Run([arguments](Environment& environment) { return VerifyBundle(*arguments, environment); });
}

}  // namespace tamga::cli
