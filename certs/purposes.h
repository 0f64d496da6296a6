// What a signature can be for: the types of DSSE's pre-authentication encoding. Each stands under the signature, so
// that what was signed for one purpose cannot be shown for another. All are here, so that no two can be the same.
//
// Checkpoints and cosignatures of logs are signed notes (C2SP) with texts and keys of their own; no such text is a
// pre-authentication encoding (node/ledger/purposes_test.cc).
#pragma once

namespace tamga::certs {

// A request's header, by the seal of the agency that asks, and a reply's, by that of the one that answers.
inline constexpr char kRequestType[] = "application/vnd.tamga.request.v1";
inline constexpr char kReplyType[] = "application/vnd.tamga.reply.v1";
// An act of a State, by its treaty office.
inline constexpr char kActType[] = "application/vnd.tamga.act.v1";
// A State's bundle of roots, by each root in it: the possession of the root's key.
inline constexpr char kBundleType[] = "application/vnd.tamga.bundle.v1";
// A request for a seal's next certificate, by the seal at hand.
inline constexpr char kCertificateRequestType[] = "application/vnd.tamga.certificate-request.v1";
// A log's checkpoint, by a seal that takes the place of one in doubt.
inline constexpr char kCheckpointType[] = "application/vnd.tamga.checkpoint.v1";
// What couriers carry between nodes, by the seal of the agency whose node made it.
inline constexpr char kCourierType[] = "application/vnd.tamga.courier.v1";

inline constexpr const char* kPurposes[] = {
    kRequestType, kReplyType, kActType, kBundleType, kCertificateRequestType, kCheckpointType, kCourierType};

}  // namespace tamga::certs
