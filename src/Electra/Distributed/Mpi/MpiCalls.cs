namespace Electra.Distributed;

/// <summary>What calls of MPI have in common.</summary>
internal static unsafe class MpiCalls
{
    /// <summary>Throws when a call failed; most failures end the process within MPI before that.</summary>
    public static void Check(int code, string function)
    {
        if (code != 0) throw new ProcessGroupException($"{function} failed with code {code}.", []);
    }

    /// <summary>Whether a request is over; lets MPI work on all that are not.</summary>
    public static bool IsDone(MpiLibrary mpi, nint* request)
    {
        int done = 0;
        Check(mpi.Test(request, &done, mpi.Handles.StatusIgnore), "MPI_Test");
        return done != 0;
    }
}
