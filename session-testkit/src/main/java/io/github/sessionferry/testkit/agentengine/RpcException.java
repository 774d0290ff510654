package io.github.sessionferry.testkit.agentengine;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.Code;
import com.google.rpc.Status;
import java.util.List;

/** An error of the service, in the form that every transport can render. */
final class RpcException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Status status;

    RpcException(Status status) {
        super(status.getMessage());
        this.status = status;
    }

    Status status() {
        return status;
    }

    static RpcException notFound(String message) {
        return new RpcException(Status.newBuilder()
                .setCode(Code.NOT_FOUND_VALUE)
                .setMessage(message)
                .build());
    }

    static RpcException invalidArgument(String message) {
        return new RpcException(Status.newBuilder()
                .setCode(Code.INVALID_ARGUMENT_VALUE)
                .setMessage(message)
                .build());
    }

    static RpcException invalidField(String field, String description) {
        return invalidFields(List.of(FieldViolation.newBuilder()
                .setField(field)
                .setDescription(description)
                .build()));
    }

    static RpcException invalidFields(List<FieldViolation> violations) {
        StringBuilder message = new StringBuilder("List of found errors:\t");
        int number = 1;
        for (FieldViolation violation : violations) {
            message.append(number++)
                    .append(".Field: ")
                    .append(violation.getField())
                    .append("; Message: ")
                    .append(violation.getDescription())
                    .append('\t');
        }
        return invalidRequest(message.toString(), violations);
    }

    static RpcException invalidRequest(String message, List<FieldViolation> violations) {
        BadRequest details =
                BadRequest.newBuilder().addAllFieldViolations(violations).build();
        return new RpcException(Status.newBuilder()
                .setCode(Code.INVALID_ARGUMENT_VALUE)
                .setMessage(message)
                .addDetails(Any.pack(details))
                .build());
    }
}
