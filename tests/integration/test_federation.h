// What integration tests share: a federation in a temporary folder, and the callers of its nodes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "certs/principal.h"
#include "grpcpp/client_context.h"
#include "grpcpp/grpcpp.h"
#include "tamga/v1/audit_service.pb.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/readmission_service.pb.h"
#include "tests/federation/federation.h"

namespace tamga::testing {

inline constexpr char kInterior[] = "KAZ/interior-ministry";
inline constexpr char kBorder[] = "KAZ/border-service";
inline constexpr char kTourism[] = "KAZ/tourism-agency";
inline constexpr char kKyrgyz[] = "KGZ/interior-ministry";
inline constexpr char kTajik[] = "TJK/interior-ministry";
inline constexpr char kUzbek[] = "UZB/interior-ministry";

// A federation in a new temporary folder; the test fails if it cannot be made. Nothing is started.
std::unique_ptr<Federation> MakeFederation(const std::string& node_binary, const std::string& source_dir,
                                           const std::vector<std::string>& agencies, Charter charter = Charter::kNone);

// Callers.
certs::Principal SystemOf(const std::string& agency);
certs::Principal AuditorOf(const std::string& state);
certs::Principal OfficerOf(const std::string& agency);
certs::Principal TreatyOfficerOf(const std::string& agency);
certs::Principal ProtectionOfficerOf(const std::string& agency, const std::string& name = "test");
certs::Principal OperatorOf(const std::string& agency);

v1::CallContext ContextFor(v1::Purpose purpose);

// An application for readmission of an invented person, in order in every field.
v1::ReadmissionApplication SampleApplication();
// A submission of it to `agency`, with nothing in the way.
v1::SubmitReadmissionRequest SampleSubmission(const std::string& agency);

// A context with a deadline that only a hanging node reaches.
std::unique_ptr<grpc::ClientContext> Patience();

// The entries of a node's log, oldest first, as an auditor of `state` sees them, without what auditors read.
std::vector<v1::IndexedEntry> EntriesOf(Federation& federation, const std::string& agency, const std::string& state);
// The verdict on a node's log.
v1::VerifyVerdict Verify(Federation& federation, const std::string& agency, const std::string& state);

}  // namespace tamga::testing
