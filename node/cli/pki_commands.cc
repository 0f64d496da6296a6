// tamga pki: a State's authority in software, for demonstrations, pilots and tests; and what talks to its
// tamga-authority.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/principal.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/cli/certificate_table.h"
#include "node/cli/commands.h"
#include "node/cli/output.h"
#include "node/cli/pki_files.h"
#include "node/cli/pki_parts.h"
#include "node/cli/profile.h"
#include "node/cli/treaty_office.h"

namespace tamga::cli {
namespace {

using certs::Role;

struct StateArguments {
  std::string state;
  std::string out;
  bool force = false;
};

absl::Status MakeState(const StateArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const certs::StateAuthority authority,
                   certs::StateAuthority::Create(arguments.state, environment.clock.Now(), environment.rng));
  ASSIGN_OR_RETURN(const std::vector<OutputFile> files, AuthorityFiles(arguments.out, authority));
  RETURN_IF_ERROR(WriteOutputFiles(files, arguments.force));
  Say(environment, absl::StrCat("Made the authority of ", arguments.state, " in ", arguments.out,
                                ". Give root.pem to the partners; keep root.key off-line."));
  return absl::OkStatus();
}

struct IssueArguments {
  std::string authority;
  std::string agency;
  std::string name;
  std::string out;
  uint64_t days = 0;  // 0: the role's usual lifetime
  std::string node_address;
  std::string node_agency;  // empty: the own agency
  bool force = false;

  std::optional<absl::Duration> Lifetime() const {
    if (days == 0) return std::nullopt;
    return absl::Hours(24) * static_cast<int64_t>(std::min<uint64_t>(days, 36525));
  }
};

absl::Status IssueNode(const IssueArguments& arguments, Environment& environment) {
  RETURN_IF_ERROR(CheckAgency("--agency", arguments.agency));
  ASSIGN_OR_RETURN(const certs::StateAuthority authority, LoadAuthority(arguments.authority));
  ASSIGN_OR_RETURN(std::vector<OutputFile> files, NodeSecretFiles(environment, arguments.agency, arguments.out));
  for (const auto& [role, stem] : {std::pair(Role::kNode, "tls"), std::pair(Role::kSeal, "seal")}) {
    ASSIGN_OR_RETURN(const std::vector<OutputFile> issued,
                     IssueFiles(environment, authority, {arguments.agency, role, arguments.name}, arguments.Lifetime(),
                                arguments.out, stem));
    files.insert(files.end(), issued.begin(), issued.end());
  }
  RETURN_IF_ERROR(WriteOutputFiles(files, arguments.force));
  Say(environment, absl::StrCat("Made keys and certificates of the node of ", arguments.agency, " in ", arguments.out,
                                ". Give log.vkey to the partners and auditors, and witness.vkey to the partners."));
  return absl::OkStatus();
}

// Whose node the profile is for. An auditor's own agency runs none as a rule, so it is not guessed.
absl::StatusOr<std::string> NodeAgencyOf(Role role, const IssueArguments& arguments,
                                         const certs::StateAuthority& authority) {
  if (role != Role::kAuditor) return arguments.agency;
  if (arguments.node_agency.empty())
    return UsageError("--node-address needs --node-agency, the agency whose node it is");
  RETURN_IF_ERROR(CheckAgency("--node-agency", arguments.node_agency));
  if (StateOf(arguments.node_agency) != authority.state()) {
    return InvalidField("--node-agency", absl::StrCat("must be of ", authority.state(), ", whose roots go into the ",
                                                      "profile; for another State's node use `tamga node profile`"));
  }
  return arguments.node_agency;
}

// A profile beside the certificate.
void AddProfile(const IssueArguments& arguments, const std::string& node_agency, const certs::StateAuthority& authority,
                std::vector<OutputFile>& files) {
  const std::string roots = absl::StrCat(arguments.name, ".roots.pem");
  v1::ClientProfile profile;
  profile.set_node_address(arguments.node_address);
  profile.set_node_agency(node_agency);
  profile.set_certificate_file(absl::StrCat(arguments.name, ".pem"));
  profile.set_key_file(absl::StrCat(arguments.name, ".key"));
  v1::TrustBundle& trust = *profile.add_trust();
  trust.set_state(authority.state());
  trust.set_roots_file(roots);
  files.push_back({absl::StrCat(arguments.out, "/", roots), authority.RootPem(), kPublicMode});
  files.push_back(ProfileFile(absl::StrCat(arguments.out, "/", arguments.name, ".txtpb"), profile));
}

absl::Status IssueCaller(Role role, const IssueArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const certs::StateAuthority authority, LoadAuthority(arguments.authority));
  const certs::Principal principal = {arguments.agency, role, arguments.name};
  ASSIGN_OR_RETURN(std::vector<OutputFile> files,
                   IssueFiles(environment, authority, principal, arguments.Lifetime(), arguments.out, arguments.name));
  if (arguments.node_address.empty() && !arguments.node_agency.empty()) {
    return UsageError("--node-agency needs --node-address, which writes the profile");
  }
  if (!arguments.node_address.empty()) {
    ASSIGN_OR_RETURN(const std::string node_agency, NodeAgencyOf(role, arguments, authority));
    AddProfile(arguments, node_agency, authority, files);
  }
  RETURN_IF_ERROR(WriteOutputFiles(files, arguments.force));
  Say(environment, absl::StrCat("Issued ", principal.SpiffeId(), " in ", arguments.out, "."));
  return absl::OkStatus();
}

absl::Status Show(const std::string& path, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(path));
  ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(pem));
  PrintTableOrJson(environment, CertificateTable(chain));
  return absl::OkStatus();
}

void AddIssueOptions(const Command& command, IssueArguments& arguments) {
  command.Required("--authority", "Folder of the State's authority", Into(arguments.authority));
  command.Required("--agency", "Agency, such as KAZ/border-service", Into(arguments.agency));
  command.Required("--out", "Folder for the files", Into(arguments.out));
  command.Optional("--days", "Days that the certificates last; if not given, 90, of nodes 7, of seals 365",
                   Into(arguments.days));
  command.Flag("--force", "Replace files that are there", arguments.force);
}

void AddState(const Command& pki) {
  const Command command = pki.Add("state", "Make the authority of a State: a root and an issuing authority below it");
  const auto arguments = std::make_shared<StateArguments>();
  command.Required("--state", "ISO 3166 alpha-3 code, such as KAZ", Into(arguments->state));
  command.Required("--out", "Folder for the files", Into(arguments->out));
  command.Flag("--force", "Replace files that are there", arguments->force);
  command.Run([arguments](Environment& environment) { return MakeState(*arguments, environment); });
}

void AddNode(const Command& pki) {
  const Command command = pki.Add("node", "Make the keys and certificates of an agency's node");
  const auto arguments = std::make_shared<IssueArguments>();
  arguments->name = "main";
  AddIssueOptions(command, *arguments);
  command.Optional("--name", "The node's name in its agency; main if not given", Into(arguments->name));
  command.Run([arguments](Environment& environment) { return IssueNode(*arguments, environment); });
}

void AddCaller(const Command& pki, Role role, const std::string& help) {
  const Command command = pki.Add(std::string(certs::RoleName(role)), help);
  const auto arguments = std::make_shared<IssueArguments>();
  AddIssueOptions(command, *arguments);
  command.Required("--name", "Name in the agency, such as lane-7; never a person's", Into(arguments->name));
  if (role == Role::kAuditor) {
    command.Optional("--node-address", "Address of the node to audit: also writes a profile for it",
                     Into(arguments->node_address));
    command.Optional("--node-agency", "Agency whose node it is, such as KAZ/border-service",
                     Into(arguments->node_agency));
  } else {
    command.Optional("--node-address", "Address of the own agency's node: also writes a profile for it",
                     Into(arguments->node_address));
  }
  command.Run([role, arguments](Environment& environment) { return IssueCaller(role, *arguments, environment); });
}

struct OfficeArguments {
  std::string state;
  std::string out;
  uint64_t keys = 1;
  uint64_t threshold = 1;
  bool force = false;
};

absl::Status MakeOffice(const OfficeArguments& arguments, Environment& environment) {
  constexpr uint64_t kMostKeys = 16;
  if (arguments.keys < 1 || arguments.keys > kMostKeys) return InvalidField("--keys", "must be 1 to 16");
  if (arguments.threshold < 1 || arguments.threshold > arguments.keys) {
    return InvalidField("--threshold", "must be 1 to the number of keys");
  }
  ASSIGN_OR_RETURN(const std::vector<OutputFile> files,
                   OfficeFiles(arguments.state, static_cast<uint32_t>(arguments.keys),
                               static_cast<uint32_t>(arguments.threshold), arguments.out, environment.rng));
  RETURN_IF_ERROR(WriteOutputFiles(files, arguments.force));
  Say(environment, absl::StrCat("Made the treaty office of ", arguments.state, " in ", arguments.out,
                                ". Give treaty-office.txtpb to the partners; each key to another official."));
  return absl::OkStatus();
}

void AddOffice(const Command& pki) {
  const Command command =
      pki.Add("treaty-office", "Make the keys of the office that signs a State's acts about treaties");
  const auto arguments = std::make_shared<OfficeArguments>();
  command.Required("--state", "ISO 3166 alpha-3 code, such as KAZ", Into(arguments->state));
  command.Required("--out", "Folder to write to", Into(arguments->out));
  command.Optional("--keys", "How many keys; 1 if not given", Into(arguments->keys));
  command.Optional("--threshold", "How many of them must sign an act; 1 if not given", Into(arguments->threshold));
  command.Flag("--force", "Replace files that are there", arguments->force);
  command.Run([arguments](Environment& environment) { return MakeOffice(*arguments, environment); });
}

void AddShow(const Command& pki) {
  const Command command = pki.Add("show", "Tell what a file of certificates says");
  const auto path = std::make_shared<std::string>();
  command.Required("file", "PEM file", Into(*path));
  command.Run([path](Environment& environment) { return Show(*path, environment); });
}

}  // namespace

void AddPkiCommands(const Command& root) {
  const Command pki = root.Add(
      "pki", "Keys and certificates: of a State's tamga-authority, and made here for demonstrations and pilots");
  AddState(pki);
  AddNode(pki);
  AddCaller(pki, Role::kSystem, "Issue a certificate to a system of an agency");
  AddCaller(pki, Role::kOfficer, "Issue a certificate to an officer of an agency");
  AddCaller(pki, Role::kTreatyOfficer, "Issue a certificate to a treaty officer, who publishes treaties and acts");
  AddCaller(pki, Role::kProtectionOfficer,
            "Issue a certificate to a protection officer, who sets safeguards for persons");
  AddCaller(pki, Role::kAuditor, "Issue a certificate to an auditor, who reads logs");
  AddCaller(pki, Role::kOperator, "Issue a certificate to an operator, who runs the node");
  AddOffice(pki);
  AddShow(pki);
  AddPkiVerify(pki);
  AddPkiRootEntry(pki);
  AddPkiEnrolment(pki);
  AddPkiCsr(pki);
  AddPkiRevocation(pki);
}

}  // namespace tamga::cli
