// The domain services.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "node/attachment/attachments.h"
#include "node/base/worker_pool.h"
#include "node/courier/courier.h"
#include "node/main/layer_door.h"
#include "node/readmission/attachment_cases.h"
#include "node/readmission/case_law.h"
#include "node/readmission/case_lists.h"
#include "node/readmission/case_store.h"
#include "node/readmission/case_watch.h"
#include "node/readmission/desk_cases.h"
#include "node/readmission/readmission_desk.h"
#include "node/readmission/safeguard_hold.h"
#include "node/safeguard/safeguard_book.h"
#include "node/safeguard/safeguard_office.h"
#include "node/trafficking/trafficking.h"
#include "node/transit/transit_desk.h"
#include "node/transit/transit_store.h"
#include "node/treaty_office/treaty_office.h"
#include "node/watchlist/watchlist.h"

namespace tamga::node {

struct ServiceLayer : DoorLayer {
  using DoorLayer::DoorLayer;

  absl::Status BuildServices();
  // Whom the certificate names that the node began with.
  absl::StatusOr<certs::Principal> OwnPrincipal() const;

  std::unique_ptr<readmission::LawBook> case_laws;
  std::unique_ptr<readmission::CaseStore> cases;
  std::unique_ptr<readmission::CaseLists> case_lists;
  std::unique_ptr<readmission::CaseWatches> case_watches;
  std::unique_ptr<safeguard::SafeguardBook> safeguards;
  std::unique_ptr<readmission::ReadmissionDesk> readmission;
  std::unique_ptr<transit::TransitStore> transits;
  std::unique_ptr<transit::TransitDesk> transit;
  std::unique_ptr<readmission::DeskCases> holdable_cases;
  std::unique_ptr<readmission::SafeguardHold> safeguard_hold;
  std::unique_ptr<safeguard::SafeguardOffice> safeguard_office;
  std::unique_ptr<readmission::AttachmentCases> attachment_cases;
  std::unique_ptr<attachment::Scanner> scanner;  // unless it is not configured
  std::unique_ptr<attachment::Attachments> attachments;
  std::unique_ptr<watchlist::Watchlist> watchlist;
  std::unique_ptr<trafficking::Trafficking> trafficking;
  std::unique_ptr<treaty_office::TreatyOffice> treaty_office;
  std::unique_ptr<courier::Courier> courier;
  std::unique_ptr<WorkerPool> partner_calls;  // a late answer still reaches the services above

 private:
  void BuildReadmission();
  void BuildSafeguards(const certs::Principal& node);
  void BuildAttachments();
  absl::Status BuildCourier();
};

}  // namespace tamga::node
