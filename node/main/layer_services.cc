#include "node/main/layer_services.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/identity.h"
#include "certs/x25519.h"
#include "node/attachment/clamd.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::node {

absl::Status ServiceLayer::BuildServices() {
  const v1::NodeConfig& config = setup.config;
  partner_calls = std::make_unique<WorkerPool>(config.limits().workers(), config.limits().max_queued_calls());
  BuildReadmission();
  BuildAttachments();
  watchlist = std::make_unique<watchlist::Watchlist>(
      watchlist::WatchlistParts{config.agency(), *records, *sequencer, *asking, clock, *partner_calls,
                                absl::Milliseconds(config.limits().partner_timeout_ms())});
  RETURN_IF_ERROR(watchlist->Load());
  trafficking =
      std::make_unique<trafficking::Trafficking>(config.agency(), *records, *sequencer, *asking, *uses, clock, rng);
  ASSIGN_OR_RETURN(const certs::Principal principal, OwnPrincipal());
  BuildSafeguards(principal);
  treaty_office = std::make_unique<treaty_office::TreatyOffice>(
      treaty_office::TreatyOfficeParts{config.agency(), PartnersOf(config), principal, *treaty_keeper, *asking, clock,
                                       *partner_calls, door_parts->partner_timeout, door_parts->treaties_differ});
  door_parts->handlers = {{v1::OPERATION_READMISSION_SUBMIT, readmission.get()},
                          {v1::OPERATION_READMISSION_REPLY, readmission.get()},
                          {v1::OPERATION_READMISSION_NOTIFY, readmission.get()},
                          {v1::OPERATION_READMISSION_STEP, readmission.get()},
                          {v1::OPERATION_READMISSION_TRAVEL_DOCUMENT, readmission.get()},
                          {v1::OPERATION_READMISSION_TRANSFER, readmission.get()},
                          {v1::OPERATION_READMISSION_ATTACH, attachments.get()},
                          {v1::OPERATION_READMISSION_TRANSIT_SUBMIT, transit.get()},
                          {v1::OPERATION_READMISSION_TRANSIT_STEP, transit.get()},
                          {v1::OPERATION_WATCHLIST_CHECK, watchlist.get()},
                          {v1::OPERATION_TRAFFICKING_REFER, trafficking.get()},
                          {v1::OPERATION_TRAFFICKING_SHARE, trafficking.get()},
                          {v1::OPERATION_TRAFFICKING_RETRIEVE, trafficking.get()},
                          {v1::OPERATION_TREATY_PUBLISH, treaty_office.get()},
                          {v1::OPERATION_TREATY_FETCH, treaty_office.get()}};
  return BuildCourier();
}

void ServiceLayer::BuildReadmission() {
  const std::string& agency = setup.config.agency();
  case_laws = std::make_unique<readmission::LawBook>(treaties);
  cases = std::make_unique<readmission::CaseStore>(agency, *records, *case_laws, clock);
  case_lists = std::make_unique<readmission::CaseLists>(*database, *cases, clock);
  case_watches = std::make_unique<readmission::CaseWatches>(*database, *cases, *sequencer, clock);
  safeguards = std::make_unique<safeguard::SafeguardBook>(*records, clock);
  readmission = std::make_unique<readmission::ReadmissionDesk>(readmission::DeskParts{
      agency, *records, *sequencer, *cases, *case_laws, *asking, *uses, *safeguards, clock, rng});
  transits = std::make_unique<transit::TransitStore>(agency, *records, *case_laws, clock);
  transit = std::make_unique<transit::TransitDesk>(
      transit::TransitParts{agency, *records, *transits, *case_laws, *asking, *uses, *safeguards, clock, rng});
}

void ServiceLayer::BuildSafeguards(const certs::Principal& node) {
  holdable_cases = std::make_unique<readmission::DeskCases>(node, *readmission, *cases, *records);
  safeguard_hold = std::make_unique<readmission::SafeguardHold>(
      readmission::SafeguardHold::Parts{*holdable_cases, *safeguards, *records, *sequencer, clock, rng});
  safeguard_office = std::make_unique<safeguard::SafeguardOffice>(
      safeguard::SafeguardOffice::Parts{*safeguards, *safeguard_hold, *records, *sequencer, clock, rng});
}

void ServiceLayer::BuildAttachments() {
  const v1::NodeConfig& config = setup.config;
  const v1::Attachments& configured = config.attachments();
  attachment_cases = std::make_unique<readmission::AttachmentCases>(*cases, *case_laws);
  if (configured.scanner_socket().empty() && configured.scanner_address().empty()) {
    Log(Severity::kWarning, "attachments are not scanned", {{"fix", "name a scanner in attachments"}});
  } else {
    scanner = attachment::MakeClamdScanner({configured.scanner_socket(), configured.scanner_address()},
                                           absl::Seconds(configured.scanner_timeout_s()));
  }
  const auto free_bytes = [folder = config.data_dir()]() -> uint64_t {
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(folder, error);
    return error ? 0 : space.available;
  };
  attachments = std::make_unique<attachment::Attachments>(attachment::AttachmentParts{
      config.agency(), *database, *records, *sequencer, *asking, *uses, *attachment_cases, scanner.get(), clock, rng,
      free_bytes, attachment::AttachmentLimits{configured.max_bytes(), configured.max_unfinished_bytes()}});
}

absl::Status ServiceLayer::BuildCourier() {
  const CourierSetup& configured = setup.courier;
  courier::CourierParts parts{
      *door_parts, *asking, *answering, std::nullopt, configured.partners, setup.config.data_dir()};
  if (!configured.key.empty()) {
    ASSIGN_OR_RETURN(certs::X25519Key key, certs::X25519Key::FromBytes(configured.key));
    parts.key.emplace(std::move(key));
  }
  courier = std::make_unique<courier::Courier>(std::move(parts));
  return absl::OkStatus();
}

absl::StatusOr<certs::Principal> ServiceLayer::OwnPrincipal() const {
  ASSIGN_OR_RETURN(const certs::CertificateChain tls_chain, certs::ParsePemChain(setup.tls.chain_pem));
  return certs::IdentityOf(tls_chain.front());
}

}  // namespace tamga::node
